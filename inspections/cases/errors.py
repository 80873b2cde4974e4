from fieldsvc.kernel.errors import Conflict, Invalid


class CaseInvalid(Invalid):
    code = "case_invalid"
    title = "办件内容有误，没有接收"
    action = "请按提示修改后重新推送。"


class CaseNumberTaken(Conflict):
    code = "case_number_taken"
    title = "这个办件编号已用于内容不同的办件"
    action = "请核对编号；确需更正办件内容的，请换一个编号重新推送。"
