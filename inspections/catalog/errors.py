from fieldsvc.kernel.errors import NotFound


class TemplateUnknown(NotFound):
    code = "template_unknown"
    title = "没有这个事项的勘验要点清单"
    action = "请核对事项编码，或联系管理员发布清单。"


class PublishedDiffers(Exception):
    """A template file was changed under a version that is already published: give it a new one."""
