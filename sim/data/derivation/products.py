"""Product categories of the main products named in the 2014 list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sim.data.derivation.files import Row
from sim.errors import WorldError

__all__ = ["CATEGORIES", "category_of", "first_word", "product_rows", "word_rows"]

# category -> English name, Chinese name, rank among the report's best sellers of 2015, words of the 2014 list
CATEGORIES: dict[str, tuple[str, str, int | None, str]] = {
    "clothing": (
        "Clothing", "服装", 1,
        "女装 男装 牛仔裤 皮草 服装 服饰 毛衣 童装 演出服饰 羽绒服 防辐射服装 皮衣 内衣 家居服 袜子",
    ),
    "shoes": ("Shoes", "鞋", 3, "鞋 运动鞋"),
    "bags_leather": ("Bags and leather goods", "箱包皮具", 5, "箱包 包 皮革 皮具"),
    "textiles": (
        "Yarn, fabric and bedding", "纺织家纺", 8,
        "毛线 床上用品 蚕丝被 地毯 窗帘 沙发配饰 手织粗布",
    ),
    "furniture": ("Furniture", "家具", 2, "家具 藤铁家具 沙发"),
    "home_goods": (
        "Household goods, fittings and tools", "家居五金", 7,
        "居家用品 日用品 家居饰品 卫浴用品 瓷砖 隔音材料 不锈钢制品 竹席 起重工具 五金工具 仓储货架 清洁剂",
    ),
    "toys": ("Toys and children's vehicles", "玩具童车", 6, "教玩具 毛绒玩具 玩具 童车 游艺机"),
    "electronics": (
        "Electronics and appliances", "数码家电", None,
        "手机 数码配件 对讲机 电脑配件 笔记本电脑 生活电器 家电 家电配件 热水器",
    ),
    "vehicle_parts": (
        "Car, motorcycle and bicycle supplies", "汽车及车辆用品", 4,
        "汽车用品 汽车配件 汽车零配件 摩托车 摩托车配件 自行车及零配件 道路减速带",
    ),
    "outdoor_sport": ("Outdoor and sports goods", "户外运动", 9, "户外用品 健身器材 跑步机"),
    "crafts": (
        "Crafts, ceramics and cards", "工艺品", None,
        "工艺品 草柳编制品 草编产品 木雕 石雕 陶瓷 青瓷 刀剑 宝剑 贺卡 明信片",
    ),
    "jewellery_accessories": ("Jewellery and accessories", "饰品", None, "饰品 服饰配件 绿松石"),
    "beauty": ("Cosmetics and perfume", "美妆", None, "化妆品 香水"),
    "food_farm": (
        "Food and farm products", "食品农产品", None,
        "坚果炒货 营养食品 奶粉 大闸蟹 糕点 山核桃 零食 茶叶",
    ),
    "flowers": ("Flowers and plants", "花卉", None, "花卉"),
}  # fmt: skip

_WORDS = {word: name for name, entry in CATEGORIES.items() for word in entry[3].split()}


def first_word(products_zh: str) -> str:
    """Return the first product of a printed list such as ``袜子、女装``; blank stays blank."""
    return products_zh.partition("、")[0]


def category_of(word_zh: str) -> str:
    """Return the category of one product word.

    Raises
    ------
    WorldError
        If the word is in no category.
    """
    if word_zh not in _WORDS:
        message = f"products.csv: the product {word_zh!r} has no category; add it to one"
        raise WorldError(message)
    return _WORDS[word_zh]


def product_rows(listed_2014: Iterable[Row]) -> list[dict[str, Any]]:
    """Count the 2014 villages by the category of their first product."""
    counts = Counter(category_of(first_word(row["main_product_zh"])) for row in listed_2014)
    return [
        {
            "product": name,
            "name_en": english,
            "name_zh": chinese,
            "villages_2014": counts[name],
            "rank_2015_outcome": rank,
        }
        for name, (english, chinese, rank, _) in CATEGORIES.items()
    ]


def word_rows(listed_2014: Iterable[Row]) -> list[dict[str, Any]]:
    """Map each printed 2014 main product to its first word and its category, in order of text."""
    counts = Counter(row["main_product_zh"] for row in listed_2014)
    return [
        {
            "products_zh": text,
            "product_zh": first_word(text),
            "product": category_of(first_word(text)),
            "also": " ".join(dict.fromkeys(category_of(word) for word in text.split("、")[1:])),
            "villages_2014": counts[text],
        }
        for text in sorted(counts)
    ]
