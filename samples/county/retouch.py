"""What happens to a workbook after it was filled: broken references, overtyped labels, values lost
on the way.

Works on the parts of the file itself, because opening and saving it with a library would lose every
calculated value.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

_STAMP = (1980, 1, 1, 0, 0, 0)


class Package:
    """The parts of an .xlsx file."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}

    def bytes(self) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.parts.items():
                entry = zipfile.ZipInfo(name, _STAMP)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                archive.writestr(entry, data)
        return stream.getvalue()

    def _part(self, sheet: str) -> str:
        titles = re.findall(r'<sheet name="([^"]*)"', self.parts["xl/workbook.xml"].decode())
        return f"xl/worksheets/sheet{titles.index(sheet) + 1}.xml"

    def _cell(self, sheet: str, ref: str, attributes: str, content: str) -> None:
        part = self._part(sheet)
        text = self.parts[part].decode()
        pattern = re.compile(rf'<c r="{ref}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
        changed, count = pattern.subn(
            lambda m: f'<c r="{ref}"{m[1] or ""}{attributes}>{content}</c>', text, count=1
        )
        assert count == 1, f"{sheet}!{ref} is not in the file"
        self.parts[part] = changed.encode()

    def break_reference(self, sheet: str, ref: str) -> None:
        """A formula whose source was deleted."""
        self._cell(sheet, ref, ' t="e"', "<f>SUM(#REF!)</f><v>#REF!</v>")

    def overtype(self, sheet: str, ref: str, text: str) -> None:
        """Another text in a cell, a locked one too."""
        self._cell(sheet, ref, ' t="inlineStr"', f"<is><t>{escape(text)}</t></is>")

    def type_over(self, sheet: str, ref: str, number: float) -> None:
        """A typed figure where a formula stood that gives the same."""
        self._cell(sheet, ref, "", f"<v>{number}</v>")

    def forget_values(self, sheet: str) -> list[str]:
        """Formulas without the values they had, as some programs save them; which cells."""
        part = self._part(sheet)
        text = self.parts[part].decode()
        found = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>', text)
        text = re.sub(
            r'(<c r="[A-Z]+\d+"(?: s="\d+")?)(?: t="\w+")?>(<f>[^<]*</f>)<v>[^<]*</v>',
            r"\1>\2",
            text,
        )
        self.parts[part] = text.encode()
        return found
