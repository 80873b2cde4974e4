from fieldsvc.kernel.errors import Unavailable


class SmsUnavailable(Unavailable):
    """The gateway could not take the message; it is tried again by itself."""

    code = "sms_unavailable"
    title = "短信暂时发不出去"
    action = "系统会自动重发；急需时请致电行政审批局。"
