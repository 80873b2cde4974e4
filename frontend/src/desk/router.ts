import { createRouter, createWebHistory } from 'vue-router'
import { serverNow } from './clock'
import { lastFinishedWeek } from './ledger/days'
import { knowMe, me, sessionTrouble } from './session'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean
    bare?: boolean
    /** The page uses the whole width of the window. */
    wide?: boolean
  }
}

const INSPECTS = new Set(['INSPECTOR', 'HEAD', 'AUDITOR'])

export const router = createRouter({
  history: createWebHistory('/desk/'),
  routes: [
    { path: '/', name: 'today', component: () => import('./pages/Today.vue') },
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { open: true } },
    { path: '/cases', name: 'cases', component: () => import('./pages/Cases.vue') },
    { path: '/cases/:number', name: 'case', component: () => import('./pages/Case.vue'), props: true },
    {
      path: '/inspections/:id',
      name: 'inspection',
      component: () => import('./workspace/InspectionPage.vue'),
      props: true,
      meta: { bare: true },
    },
    {
      path: '/inspections/:id/rectification',
      name: 'rectification',
      component: () => import('./pages/Rectification.vue'),
      props: true,
    },
    { path: '/board', name: 'board', component: () => import('./board/Board.vue'), meta: { wide: true } },
    { path: '/intake', name: 'intake', component: () => import('./visits/Intake.vue') },
    { path: '/delegations', name: 'delegations', component: () => import('./visits/Delegations.vue') },
    { path: '/delegations/:id', name: 'delegation', component: () => import('./visits/Delegation.vue'), props: true },
    { path: '/weeks', name: 'weeks', redirect: () => ({ name: 'week', params: { monday: lastFinishedWeek(serverNow()) } }) },
    { path: '/weeks/:monday(\\d{4}-\\d{2}-\\d{2})', name: 'week', component: () => import('./ledger/Week.vue'), props: true },
    { path: '/ledger', name: 'ledger', component: () => import('./ledger/Ledger.vue') },
    { path: '/aftercare/:part(follow-ups|remedies|matters|samples|ratings)?', name: 'aftercare', component: () => import('./aftercare/Aftercare.vue'), props: true },
    { path: '/custody', name: 'custody', component: () => import('./custody/Custody.vue') },
    { path: '/people', name: 'people', component: () => import('./staff/People.vue') },
    { path: '/:rest(.*)*', redirect: { name: 'today' } },
  ],
})

router.beforeEach(async (to) => {
  await knowMe()
  if (to.meta.open) return me.value ? { name: 'today' } : true
  // Today's inspections are not a dispatcher's: hers is the board.
  const roles = me.value?.roles ?? []
  if (to.name === 'today' && roles.includes('DISPATCHER') && !roles.some((role) => INSPECTS.has(role))) return { name: 'board' }
  if (me.value || sessionTrouble.value) return true
  return { name: 'sign-in', query: { next: to.fullPath } }
})
