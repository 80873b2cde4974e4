from enum import StrEnum


class RecordState(StrEnum):
    FROZEN = "FROZEN"
    ISSUED = "ISSUED"

    @property
    def label(self) -> str:
        return {"FROZEN": "待签名", "ISSUED": "已签发"}[self.value]
