from django.apps import AppConfig


class SignalingConfig(AppConfig):
    name = "signaling"
    label = "signaling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fieldsvc.kernel import journal
        from signaling import push

        journal.listen(push.journal_moved)
