"""The parts of an .xlsx file with one sheet that are the same in every one (ECMA-376)."""

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SCHEMAS = "http://schemas.openxmlformats.org"
MAIN = f"{SCHEMAS}/spreadsheetml/2006/main"
LINKS = f"{SCHEMAS}/package/2006/relationships"
RELATIONSHIPS = f"{SCHEMAS}/officeDocument/2006/relationships"
CORE = f"{SCHEMAS}/package/2006/metadata/core-properties"
SHEET = "xl/worksheets/sheet1.xml"

_KINDS = {
    "xl/workbook.xml": "officedocument.spreadsheetml.sheet.main",
    SHEET: "officedocument.spreadsheetml.worksheet",
    "xl/styles.xml": "officedocument.spreadsheetml.styles",
    "docProps/core.xml": "package.core-properties",
}
_OVERRIDES = "".join(
    f'<Override PartName="/{path}" ContentType="application/vnd.openxmlformats-{kind}+xml"/>'
    for path, kind in _KINDS.items()
)
_TYPES = f"""{XML}<Types xmlns="{SCHEMAS}/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>{_OVERRIDES}</Types>"""

_ROOT_LINKS = f"""{XML}<Relationships xmlns="{LINKS}">
<Relationship Id="rId1" Type="{RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/>
<Relationship Id="rId2" Type="{LINKS}/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>"""

_BOOK_LINKS = f"""{XML}<Relationships xmlns="{LINKS}">
<Relationship Id="rId1" Type="{RELATIONSHIPS}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{RELATIONSHIPS}/styles" Target="styles.xml"/>
</Relationships>"""

# In `cellXfs`: as it comes, heading, moment, text with the quote prefix.
_STYLES = f"""{XML}<styleSheet xmlns="{MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="等线"/></font>
<font><b/><sz val="11"/><name val="等线"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill>
<fill><patternFill patternType="solid"><fgColor rgb="FFF4F2EE"/></patternFill></fill></fills>
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>
<border><left/><right/><top/><bottom style="thin"><color auto="1"/></bottom><diagonal/></border>
</borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1"
 applyBorder="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""

ALWAYS = {
    "[Content_Types].xml": _TYPES,
    "_rels/.rels": _ROOT_LINKS,
    "xl/_rels/workbook.xml.rels": _BOOK_LINKS,
    "xl/styles.xml": _STYLES,
}
