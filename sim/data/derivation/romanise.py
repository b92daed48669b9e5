"""English names of counties and prefectures: mechanical pinyin, with customary spellings where they differ.

The third-party package ``pypinyin`` is needed only here, and only when names are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["PROVINCES_EN", "county_english", "pinyin_speller", "prefecture_english", "village_english"]

Speller = Callable[[str], str]

PROVINCES_EN = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia",
    "21": "Liaoning", "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu",
    "33": "Zhejiang", "34": "Anhui", "35": "Fujian", "36": "Jiangxi", "37": "Shandong",
    "41": "Henan", "42": "Hubei", "43": "Hunan", "44": "Guangdong", "45": "Guangxi",
    "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou", "53": "Yunnan",
    "54": "Tibet", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia", "65": "Xinjiang",
}  # fmt: skip

PEOPLES = {
    "满族": "Manchu", "蒙古族": "Mongol", "蒙古": "Mongol", "回族": "Hui", "达斡尔族": "Daur",
    "鄂伦春": "Oroqen", "鄂温克族": "Ewenki", "朝鲜族": "Korean", "畲族": "She", "土家族": "Tujia",
    "苗族": "Miao", "瑶族": "Yao", "侗族": "Dong", "壮族": "Zhuang", "各族": "Multinational",
    "仫佬族": "Mulao", "毛南族": "Maonan", "黎族": "Li", "羌族": "Qiang", "彝族": "Yi",
    "藏族": "Tibetan", "仡佬族": "Gelao", "布依族": "Bouyei", "水族": "Sui", "傣族": "Dai",
    "哈尼族": "Hani", "纳西族": "Naxi", "拉祜族": "Lahu", "佤族": "Va", "布朗族": "Blang",
    "独龙族": "Derung", "怒族": "Nu", "白族": "Bai", "普米族": "Pumi", "傈僳族": "Lisu",
    "裕固族": "Yugur", "哈萨克族": "Kazak", "哈萨克": "Kazak", "东乡族": "Dongxiang",
    "保安族": "Bonan", "撒拉族": "Salar", "土族": "Tu", "塔吉克": "Tajik", "锡伯": "Xibe",
    "景颇族": "Jingpo", "柯尔克孜": "Kirgiz",
}  # fmt: skip

# Customary spellings, and place readings which differ from the common reading of a character.
STEMS = {
    "呼和浩特": "Hohhot", "呼伦贝尔": "Hulunbuir", "鄂尔多斯": "Ordos", "巴彦淖尔": "Bayannur",
    "乌兰察布": "Ulanqab", "锡林郭勒": "Xilingol", "阿拉善": "Alxa",
    "锡林浩特": "Xilinhot", "二连浩特": "Erenhot", "乌兰浩特": "Ulanhot", "满洲里": "Manzhouli",
    "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "拉萨": "Lhasa", "日喀则": "Shigatse", "昌都": "Qamdo",
    "林芝": "Nyingchi", "那曲": "Nagqu", "阿里": "Ngari", "乌鲁木齐": "Urumqi", "克拉玛依": "Karamay",
    "吐鲁番": "Turpan", "和田": "Hotan", "喀什": "Kashgar", "阿克苏": "Aksu", "阿勒泰": "Altay",
    "伊犁": "Ili", "博尔塔拉": "Bortala", "巴音郭楞": "Bayingolin", "克孜勒苏": "Kizilsu",
    "库尔勒": "Korla", "石河子": "Shihezi", "伊宁": "Yining", "香格里拉": "Shangri-La",
    "乐清": "Yueqing", "乐亭": "Laoting", "乐陵": "Laoling", "长子": "Zhangzi", "大城": "Daicheng",
    "蔚": "Yu", "井陉": "Jingxing", "洪洞": "Hongtong", "牟平": "Muping", "中牟": "Zhongmu",
    "浚": "Xun", "渑池": "Mianchi", "尉氏": "Weishi", "柘城": "Zhecheng", "泌阳": "Biyang",
    "番禺": "Panyu", "东阿": "Dong'e", "单": "Shan", "莘": "Shen", "茌平": "Chiping",
    "铅山": "Yanshan", "歙": "She", "枞阳": "Zongyang", "六合": "Luhe", "六安": "Lu'an",
    "盱眙": "Xuyi", "涡阳": "Guoyang", "濉溪": "Suixi", "台州": "Taizhou", "天台": "Tiantai",
    "黄陂": "Huangpi", "秭归": "Zigui", "耒阳": "Leiyang", "郴州": "Chenzhou", "筠连": "Junlian",
    "犍为": "Qianwei", "荥经": "Yingjing", "荥阳": "Xingyang", "什邡": "Shifang", "儋州": "Danzhou",
    "尉犁": "Yuli", "繁峙": "Fanshi", "阜": "Fu", "东莞": "Dongguan", "厦门": "Xiamen",
    "蚌埠": "Bengbu", "亳州": "Bozhou", "蠡": "Li", "任": "Ren", "任丘": "Renqiu", "解": "Xie",
    "华": "Hua", "华阴": "Huayin", "都匀": "Duyun", "都昌": "Duchang", "行唐": "Xingtang",
    "闵行": "Minhang", "增城": "Zengcheng", "曾都": "Zengdu", "柏乡": "Baixiang", "泊头": "Botou",
    "忻州": "Xinzhou", "忻府": "Xinfu", "监利": "Jianli", "会同": "Huitong", "宿州": "Suzhou",
    "宿迁": "Suqian", "宿城": "Sucheng", "宿豫": "Suyu", "宿松": "Susong", "无为": "Wuwei",
    "射阳": "Sheyang", "射洪": "Shehong", "藁城": "Gaocheng", "朝阳": "Chaoyang", "朝天": "Chaotian",
    "珲春": "Hunchun", "桦甸": "Huadian", "瓦房店": "Wafangdian", "临朐": "Linqu", "费": "Fei",
    "瑞昌": "Ruichang", "南漳": "Nanzhang", "夹江": "Jiajiang", "重庆": "Chongqing", "洪泽": "Hongze",
    "丽水": "Lishui", "缙云": "Jinyun", "鄞州": "Yinzhou", "栖霞": "Qixia", "万州": "Wanzhou",
    "莒": "Ju", "莒南": "Ju'nan", "郯城": "Tancheng", "曲阜": "Qufu", "阳曲": "Yangqu", "曲沃": "Quwo",
    "隰": "Xi", "芮城": "Ruicheng", "石柱": "Shizhu", "綦江": "Qijiang", "郫": "Pi", "郫都": "Pidu",
    "合川": "Hechuan", "会理": "Huili", "巴楚": "Bachu", "莎车": "Shache", "车臣": "Checheng",
}  # fmt: skip

BANNER_STEMS = {
    "土默特": "Tumed", "科尔沁": "Horqin", "乌拉特": "Urad", "鄂托克": "Otog", "巴林": "Bairin",
    "阿拉善": "Alxa", "苏尼特": "Sonid", "察哈尔": "Qahar", "达尔罕茂明安": "Darhan Muminggan",
    "阿鲁科尔沁": "Ar Horqin", "克什克腾": "Hexigten", "翁牛特": "Ongniud", "喀喇沁": "Harqin",
    "敖汉": "Aohan", "库伦": "Hure", "奈曼": "Naiman", "扎鲁特": "Jarud", "达拉特": "Dalad",
    "准格尔": "Jungar", "杭锦": "Hanggin", "乌审": "Uxin", "伊金霍洛": "Ejin Horo", "阿荣": "Arun",
    "陈巴尔虎": "Old Barag", "新巴尔虎": "New Barag", "四子王": "Dorbod", "扎赉特": "Jalaid",
    "阿巴嘎": "Abag", "乌珠穆沁": "Ujimqin", "东乌珠穆沁": "East Ujimqin", "西乌珠穆沁": "West Ujimqin",
    "太仆寺": "Taibus", "镶黄": "Bordered Yellow", "正镶白": "Plain and Bordered White",
    "正蓝": "Plain Blue", "额济纳": "Ejin", "莫力达瓦": "Morin Dawa",
}  # fmt: skip

BANNER_PARTS = {
    "左翼": "Left Wing", "右翼": "Right Wing", "左": "Left", "右": "Right",
    "前": "Front", "中": "Middle", "后": "Rear", "联合": "United",
}  # fmt: skip

# Readings in place names of characters which are commonly read otherwise.
READINGS = {
    "长": "chang", "都": "du", "什": "shi", "乐": "le", "圩": "xu", "蚌": "beng", "漯": "luo",
    "尾": "wei", "覃": "qin", "峒": "tong", "宕": "tan", "卡": "ka", "柏": "bai", "勒": "le",
}  # fmt: skip

WHOLE_NAMES = {
    "城区": "Urban District",
    "郊区": "Suburban District",
    "矿区": "Mining District",
    "东区": "East District",
    "西区": "West District",
    "神农架林区": "Shennongjia Forestry District",
    "滨海新区": "Binhai New Area",
    "浦东新区": "Pudong New Area",
    "兴安盟": "Hinggan League",
}

SUFFIXES = (
    ("特区", "Special District"),
    ("矿区", "Mining District"),
    ("县", "County"),
    ("市", "City"),
    ("区", "District"),
)


def pinyin_speller() -> Speller:
    """Return the function which spells Chinese characters in pinyin without tones.

    Raises
    ------
    ImportError
        If ``pypinyin`` is not installed.
    """
    from pypinyin import lazy_pinyin  # type: ignore[import-not-found, import-untyped, unused-ignore]

    def spell(text: str) -> str:
        syllables = lazy_pinyin(text, v_to_u=True)
        return _join([READINGS.get(char, said) for char, said in zip(text, syllables, strict=True)])

    return spell


def _join(syllables: Sequence[str]) -> str:
    """Join syllables into one name: an apostrophe stands before a, e and o inside it (Xi'an)."""
    name = "".join("'" + s if i > 0 and s[0] in "aeo" else s for i, s in enumerate(syllables))
    return name[:1].upper() + name[1:]


def _stem_english(stem: str, spell: Speller) -> str:
    return STEMS[stem] if stem in STEMS else spell(stem)


def _peel_peoples(name: str) -> tuple[str, list[str]]:
    """Split ``长阳土家族`` into its stem and the peoples it is named for."""
    peoples: list[str] = []
    longest_first = sorted(PEOPLES, key=len, reverse=True)
    while True:
        found = next((p for p in longest_first if name.endswith(p)), None)
        if found is None:
            return name, peoples
        name = name[: -len(found)]
        peoples.insert(0, PEOPLES[found])


def _autonomous_english(name: str, kind: str, spell: Speller) -> str:
    stem, peoples = _peel_peoples(name)
    listed = peoples[0] if len(peoples) == 1 else ", ".join(peoples[:-1]) + " and " + peoples[-1]
    first = BANNER_STEMS.get(stem) or (_banner_stem(stem, spell) if stem else "")
    return f"{first} {listed} Autonomous {kind}".strip()


def _banner_stem(stem: str, spell: Speller) -> str:
    """Spell a banner's stem; its directions (left wing, front ...) are translated."""
    if stem in BANNER_STEMS:
        return BANNER_STEMS[stem]
    for part, english in BANNER_PARTS.items():
        if stem.endswith(part) and len(stem) > len(part) + 1:
            return f"{_banner_stem(stem[: -len(part)], spell)} {english}"
    return _stem_english(stem, spell)


def county_english(name: str, spell: Speller) -> str:
    """Give a county-level unit its English name.

    Parameters
    ----------
    name : official Chinese name, for example ``曹县``.
    spell : pinyin of a text, see `pinyin_speller`.

    Returns
    -------
    str
        For example ``"Cao County"``, ``"Yiwu City"``, ``"Changyang Tujia Autonomous County"``.
    """
    if name in WHOLE_NAMES:
        return WHOLE_NAMES[name]
    for ending, kind in (("自治县", "County"), ("自治旗", "Banner")):
        if name.endswith(ending):
            return _autonomous_english(name[: -len(ending)], kind, spell)
    if name.endswith("族区"):
        stem, peoples = _peel_peoples(name[:-1])
        return f"{_stem_english(stem, spell)} {' and '.join(peoples)} District"
    if name.endswith("旗"):
        return f"{_banner_stem(name[:-1], spell)} Banner"
    for ending, english in SUFFIXES:
        if name.endswith(ending) and len(name) > len(ending):
            return f"{_stem_english(name[: -len(ending)], spell)} {english}"
    return spell(name)


def prefecture_english(name: str, province_en: str, spell: Speller) -> str:
    """Give a prefecture-level unit its English name: cities without suffix, others with it."""
    if name in ("省直辖县级行政区划", "自治区直辖县级行政区划"):
        return f"{province_en}, directly governed"
    if name in WHOLE_NAMES:
        return WHOLE_NAMES[name]
    for ending, english in (("自治州", "Autonomous Prefecture"), ("地区", "Prefecture"), ("盟", "League")):
        if name.endswith(ending):
            stem, _ = _peel_peoples(name[: -len(ending)])
            return f"{_stem_english(stem, spell)} {english}"
    return _stem_english(name.removesuffix("市"), spell)


def village_english(name: str, spell: Speller) -> str:
    """Give a village its English name: ``东风村`` is Dongfeng Village, ``沙集社区`` Shaji Community.

    A name without one of these endings is spelt as it is.
    """
    for ending, english in (("村", "Village"), ("社区", "Community"), ("居委会", "Community")):
        if name.endswith(ending) and len(name) > len(ending):
            return f"{_stem_english(name.removesuffix(ending), spell)} {english}"
    return spell(name)
