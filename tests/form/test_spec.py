"""A form is data: what loads, and how mistakes in it are told, all at once and each with its
path.
"""

from __future__ import annotations

import copy
import shutil
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from jixiao_xlsx.form import load_spec
from jixiao_xlsx.form.find_template import (
    DEFAULT_TEMPLATE,
    file_of,
    find_template,
    templates_folder,
)
from jixiao_xlsx.form.spec import SpecError, Template
from jixiao_xlsx.values.severity import Severity

SHIPPED = templates_folder() / DEFAULT_TEMPLATE
FORM = """
id = "xiao"
version = "1"
title = "小表"
file_name = "小表"
[[sheet]]
title = "甲"
[[table]]
name = "甲"
shape = "open"
unit = "元"
total = "合计"
label = ["项目"]
columns = [
  { title = "项目" },
  { title = "数", type = "money" },
  { title = "人", type = "count", unit = "人" },
]
[[equation]]
code = "BAL901"
title = "合计不平"
table = "甲"
scope = "column"
columns = ["数"]
holds = "合计 = 各行"
basis = "常识"
[[rate]]
code = "RAT901"
title = "比率不符"
table = "甲"
holds = "数 = 数 / 数"
basis = "常识"
[[grade]]
name = "优"
from = 90
[roles]
department = "甲.合计.数"
"""
LIBRARY = "一级指标,二级指标,三级指标,类别,权重,指标方向,评分形式,目标值,计量单位,满分起点,每百分点扣减,可不适用,基础数据,佐证,别名\n"


def written(folder: Path, form: str, library: str = "") -> Path:
    (folder / "spec.toml").write_text(form, encoding="utf-8")
    if library:
        (folder / "indicators.csv").write_text(LIBRARY + library, encoding="utf-8")
    return folder


def mistakes(folder: Path, form: str, library: str = "") -> tuple[str, ...]:
    with pytest.raises(SpecError) as caught:
        find_template(written(folder, form, library))
    return caught.value.mistakes


# --------------------------------------------------------------------------------------- what loads


def test_the_shipped_form_loads() -> None:
    form = find_template()
    assert form.id == DEFAULT_TEMPLATE
    assert [sheet.title for sheet in form.sheets][:3] == ["填报说明", "基本信息", "收支总表"]
    assert (
        form.table["资金预算执行表"].decimals_of(
            "合计", form.table["资金预算执行表"].column["支出合计"]
        )
        == 2
    )
    assert (
        form.grade(Fraction(90)) == "优"
        and form.grade(Fraction("89.99")) == "良"
        and form.grade(Fraction(0)) == "差"
    )


def test_the_weights_of_the_shipped_form_are_100() -> None:
    form = find_template()
    weights: dict[str, Fraction] = {}
    for one in form.indicators:
        weights[one.level1] = weights.get(one.level1, Fraction(0)) + one.weight
    assert weights == {"部门管理": 27, "履职效果": 54, "能力建设": 9}
    assert len(form.indicators) == 17
    assert form.full_mark == 90 and form.execution_weight == 10


def test_a_form_of_ones_own_loads_from_its_folder(tmp_path: Path) -> None:
    form = find_template(written(tmp_path, FORM))
    assert (form.id, form.equations[0].severity, form.indicators) == ("xiao", Severity.ERROR, ())


def test_a_copy_of_the_shipped_form_loads_from_anywhere(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "县里的")
    assert find_template(tmp_path / "县里的").tables == find_template().tables


def test_a_form_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"现有表单：.*bumen-zhengti"):
        find_template("没有这个")
    with pytest.raises(SpecError):
        find_template(tmp_path)


# ----------------------------------------------------------------------------------------- mistakes

ONE_MISTAKE = {
    "missing": ('version = "1"\n', "", "version：缺少"),
    "top level key": (
        'version = "1"',
        'version = "1"\nversoin = "2"',
        "spec.toml.versoin：不认识的键",
    ),
    "sheet key": ('title = "甲"\n', 'title = "甲"\nalias = ["乙"]\n', "sheet[1].alias：不认识的键"),
    "table key": ('shape = "open"', 'shape = "open"\nunits = "元"', "table[甲].units：不认识的键"),
    "column key": (
        '{ title = "项目" }',
        '{ title = "项目", typ = "text" }',
        "table[甲].columns[1].typ：不认识的键",
    ),
    "equation key": (
        'holds = "合计 = 各行"',
        'holds = "合计 = 各行"\ncolumn = "数"',
        "equation[BAL901].column：不认识的键",
    ),
    "grade key": ("from = 90", "from = 90\nto = 100", "grade[1].to：不认识的键"),
    "no sheet": (
        '[[sheet]]\ntitle = "甲"',
        '[[sheet]]\ntitle = "乙"',
        "table[甲].sheet：没有名为“甲”的工作表",
    ),
    "shape": ('shape = "open"', 'shape = "opn"', "table[甲].shape：“opn”不在允许的取值内"),
    "type": (
        'type = "money"',
        'type = "mony"',
        "table[甲].columns[2].type：“mony”不在允许的取值内",
    ),
    "decimals": (
        'unit = "元"',
        'unit = "元"\ndecimals = "两位"',
        "table[甲].decimals：应是不小于 0 的整数",
    ),
    "yes or no": (
        'total = "合计"',
        'total = "合计"\ntotal_auto = "是"',
        "table[甲].total_auto：应是 true 或 false",
    ),
    "words": ('unit = "元"', "unit = 1", "table[甲].unit：应是文字"),
    "list": ('label = ["项目"]', 'label = "项目"', "table[甲].label：应是一组文字"),
    "no equation": (
        'holds = "合计 = 各行"',
        'holds = "合计，各行"',
        "equation[BAL901].holds：缺少“=”",
    ),
    "unknown row": (
        'holds = "合计 = 各行"',
        'holds = "总计 = 各行"',
        "equation[BAL901]：表“甲”没有“总计”这一行",
    ),
    "limited column": (
        'columns = ["数"]',
        'columns = ["金额"]',
        "equation[BAL901].columns：表“甲”没有“金额”",
    ),
    "table of equation": (
        'table = "甲"\nscope',
        'table = "乙"\nscope',
        "equation[BAL901].table：没有名为“乙”的表",
    ),
    "units": (
        "[[rate]]",
        '[[equation]]\ncode = "REC901"\ntitle = "混加"\nbasis = "常识"\nholds = "甲.合计.数 = 甲.合计.人"\n'
        "[[rate]]",
        "equation[REC901].holds：单位不能相加减",
    ),
    "severity": (
        'basis = "常识"\n[[rate]]',
        'basis = "常识"\nseverity = "bad"\n[[rate]]',
        "equation[BAL901].severity：“bad”",
    ),
    "ratio": ('holds = "数 = 数 / 数"', 'holds = "数 = 数"', "rate[RAT901].holds：比率应写成"),
    "shown rate": (
        'holds = "数 = 数 / 数"',
        'holds = "率 = 数 / 数"',
        "rate[RAT901]：表“甲”没有“率”这一列",
    ),
    "code twice": ('code = "RAT901"', 'code = "BAL901"', "BAL901：编号重复"),
    "role": (
        'department = "甲.合计.数"',
        'department = "甲.合计.额"',
        "roles.department：表“甲”没有“额”这一列",
    ),
    "role address": ('department = "甲.合计.数"', 'department = "甲"', "roles.department："),
    "section": ('[roles]\ndepartment = "甲.合计.数"', "[[roles]]", "roles：应是一节"),
    "threshold": (
        "[roles]",
        '[thresholds]\nlow = "九成"\n[roles]',
        "thresholds.low：“九成”不是数字",
    ),
    "indicators": (
        "[roles]",
        '[indicators]\ntable = "丙"\n[roles]',
        "indicators.table：没有名为“丙”的表",
    ),
    "indicator column": (
        "[roles]",
        '[indicators]\ntable = "甲"\n[indicators.columns]\nname = "名"\n[roles]',
        "indicators.columns.name：表“甲”没有“名”",
    ),
    "execution row": (
        "[roles]",
        '[execution]\ntable = "甲"\nrow = "总额"\n[roles]',
        "execution.row：表“甲”没有“总额”这一行",
    ),
    "plan": (
        "[roles]",
        '[plan]\ntable = "甲"\noverall = "总体"\n[roles]',
        "plan.overall：表“甲”没有“总体”这一行",
    ),
    "funds": (
        "[roles]",
        '[funds]\ntable = "甲"\nwages = "人员"\n[roles]',
        "funds.wages：表“甲”没有“人员”",
    ),
}


@pytest.mark.parametrize("kind", ONE_MISTAKE)
def test_a_mistake_is_told_with_its_path(kind: str, tmp_path: Path) -> None:
    old, new, message = ONE_MISTAKE[kind]
    assert old in FORM
    found = mistakes(tmp_path, FORM.replace(old, new))
    assert any(mistake.startswith(message) for mistake in found), found


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    kinds = [
        "missing",
        "sheet key",
        "column key",
        "decimals",
        "no equation",
        "ratio",
        "role",
        "threshold",
        "grade key",
    ]
    form = FORM
    for old, new, _ in (ONE_MISTAKE[kind] for kind in kinds):
        form = form.replace(old, new)
    found = mistakes(tmp_path, form)
    for kind in kinds:
        assert any(mistake.startswith(ONE_MISTAKE[kind][2]) for mistake in found), kind
    with pytest.raises(SpecError, match=f"有 {len(found)} 处错误"):
        find_template(tmp_path)


def test_mistakes_in_the_indicator_library_name_their_line(tmp_path: Path) -> None:
    library = (
        "部门管理,资金投入,执行率,共性,2.7,=,比率,100%,%,,,是,,,\n"
        "部门管理,资金投入,控制率,共用,两分,<,比例,100%,%,一,,可以,甲.合计.额 / 甲.合计.数；甲,,\n"
    )
    found = mistakes(tmp_path, FORM, library)
    for column in ("类别", "权重", "指标方向", "评分形式", "满分起点", "可不适用", "基础数据"):
        assert any(mistake.startswith(f"indicators.csv 第 3 行·{column}：") for mistake in found), (
            column
        )
    assert any("表“甲”没有“额”这一列" in mistake for mistake in found)
    assert not any("第 2 行" in mistake for mistake in found)


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    assert "不是有效的 TOML" in mistakes(tmp_path, "id = “小表”")[0]
    (tmp_path / "spec.toml").write_bytes(b"id = '\xff\xff'")
    with pytest.raises(SpecError, match="不是有效的 TOML"):
        find_template(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_form_is_read_as_any_editor_saves_it(tmp_path: Path, encoding: str) -> None:
    for name in ("spec.toml", "indicators.csv"):
        text = (find_template().folder / name).read_text(encoding="utf-8-sig")
        (tmp_path / name).write_bytes(text.encode(encoding))
    form = find_template(tmp_path)
    assert form.title == find_template().title
    assert [one.name for one in form.indicators] == [one.name for one in find_template().indicators]


# -------------------------------------------------------------------------------------- any mistake


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a parsed form, once per kind of place."""
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node[:1])
        if isinstance(node, list)
        else ()
    )
    for key, value in items:
        yield (*at, key)
        yield from paths(value, (*at, key))


SHIPPED_DATA = tomllib.loads((SHIPPED / "spec.toml").read_text("utf-8"))
NUMBERS = (
    "thresholds",
    "low",
    "high",
    "from",
    "full_mark",
    "weight",
    "width",
    "height",
    "decimals",
    "spare",
    "indent",
)


@pytest.mark.parametrize("at", list(paths(SHIPPED_DATA)), ids=lambda at: ".".join(map(str, at)))
def test_a_value_of_another_kind_is_told_wherever_it_stands(
    at: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("乱写", 7, [7], {"甲": 7}):
        data = copy.deepcopy(SHIPPED_DATA)
        node = data
        for key in at[:-1]:
            node = node[key]
        if type(node[at[-1]]) is type(wrong) or (wrong == 7 and set(at) & set(NUMBERS)):
            continue
        node[at[-1]] = wrong
        monkeypatch.setattr(load_spec.tomllib, "loads", lambda _, data=data: data)
        with pytest.raises(SpecError):
            loaded(SHIPPED)


def loaded(folder: Path) -> Template:
    """The form, read again."""
    return load_spec.load(folder)


def test_files_of_the_package_are_found_where_names_are_not_in_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "通知.docx").write_bytes(b"x")
    assert file_of(tmp_path, "通知.docx") == tmp_path / "通知.docx"
    under_gbk = "报告.docx".encode().decode("gbk", "surrogateescape")
    monkeypatch.setattr("os.fsdecode", lambda name: name.decode("gbk", "surrogateescape"))
    assert file_of(tmp_path, "报告.docx").name == under_gbk


def test_what_was_probably_meant_is_said(tmp_path: Path) -> None:
    """A slip of the hand in a key, a row and a column names what is most alike."""
    found = mistakes(tmp_path, FORM.replace("version =", "versoin =", 1))
    assert "spec.toml.versoin：不认识的键，是不是“version”？" in found


SLIPS = {
    "a role": ("department =", "departmnt =", "roles.departmnt：不认识的键，是不是“department”？"),
    "a threshold": (
        "[roles]",
        "[thresholds]\nlow_excution = 0.9\n[roles]",
        "thresholds.low_excution：不认识的键，是不是“low_execution”？",
    ),
    "what an indicator has": (
        "[roles]",
        '[indicators]\ntable = "甲"\n[indicators.columns]\nnmae = "项目"\n[roles]',
        "indicators.columns.nmae：不认识的键，是不是“name”？",
    ),
    "a sheet": (
        '[[table]]\nname = "甲"\n',
        '[[table]]\nname = "甲"\nsheet = "甲表"\n',
        "table[甲].sheet：没有名为“甲表”的工作表，是不是“甲”？",
    ),
    "a column an equation is limited to": (
        'columns = ["数"]',
        'columns = ["人数"]',
        "equation[BAL901].columns：表“甲”没有“人数”，是不是“数”？",
    ),
    "a type": (
        'type = "money"',
        'type = "mony"',
        "table[甲].columns[2].type：“mony”不在允许的取值内（choice、count、date、long、measure、"
        "money、percent、score、text），是不是“money”？",
    ),
    "two columns of one title": (
        '{ title = "人",',
        '{ title = "数",',
        "table[甲].columns：有 2 个栏都叫“数”，认不出是哪一个",
    ),
    "a row called as the total": (
        'total = "合计"',
        'total = "合计"\nrows = [{ title = "合计" }]',
        "table[甲].rows：有 2 个行都叫“合计”，认不出是哪一个",
    ),
    "an equation over words": (
        'columns = ["数"]',
        'columns = ["项目"]',
        "equation[BAL901]：永远核对不了，表“甲”里没有一处它用到的格全是数",
    ),
    "an address of words": (
        "[[rate]]",
        '[[equation]]\ncode = "REC901"\ntitle = "文字"\nbasis = "常识"\n'
        'holds = "甲.合计.数 = 甲.合计.项目"\n[[rate]]',
        "equation[REC901]：“甲.合计.项目”填的是文字（type = text），不能计算",
    ),
    "a blank that is not there": (
        'file_name = "小表"',
        'file_name = "小表"\nblank = "空表.xlsx"',
        "blank：文件夹里没有“空表.xlsx”",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_of_an_author(slip: str, tmp_path: Path) -> None:
    old, new, message = SLIPS[slip]
    assert old in FORM
    found = mistakes(tmp_path, FORM.replace(old, new, 1))
    assert any(mistake.startswith(message) for mistake in found), found


def test_slips_are_told_all_at_once(tmp_path: Path) -> None:
    kinds = ("a role", "a sheet", "two columns of one title", "an equation over words")
    text = FORM
    for old, new, _ in (SLIPS[kind] for kind in kinds):
        text = text.replace(old, new, 1)
    found = mistakes(tmp_path, text)
    for kind in kinds:
        assert any(mistake.startswith(SLIPS[kind][2]) for mistake in found), (kind, found)


def test_weights_that_do_not_sum(tmp_path: Path) -> None:
    folder = tmp_path / "县表"
    shutil.copytree(SHIPPED, folder)
    spec = folder / "spec.toml"
    text = spec.read_text(encoding="utf-8").replace("full_mark = 90", "full_mark = 100")
    spec.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        load_spec.load(folder)
    message = "indicators.csv·权重：各指标权重之和是 90，indicators.full_mark 写的是 100"
    assert raised.value.mistakes == (message,)
