from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "fieldsvc.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from fieldsvc.kernel import journal, outbox, tasks

        journal.feed_to(outbox.feed)
        outbox.poke_with(tasks.poke)
        autodiscover_modules("subscribers")
