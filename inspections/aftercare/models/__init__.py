from inspections.aftercare.models.follow_ups import FollowUp
from inspections.aftercare.models.ratings import Rating, Remedy
from inspections.aftercare.models.samples import SampledCase, SupervisorSample
from inspections.aftercare.models.unresolved import Unresolved, UnresolvedSeries

__all__ = [
    "FollowUp",
    "Rating",
    "Remedy",
    "SampledCase",
    "SupervisorSample",
    "Unresolved",
    "UnresolvedSeries",
]
