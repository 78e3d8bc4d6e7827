"""Traditional characters as simplified ones, one for one: what the patterns of words are asked.

Only the characters that those words need stand here, and two full-width signs. What is kept of a page
stays as it is printed.
"""

from __future__ import annotations

import re

_TRADITIONAL = (
    "／｜與專業東絲丟兩個為爲舉義習書買於雲僅們眾衆夥會傳倫體餘馀妳蘭關興內冊寫農馮準擊劉則剛創別製務動區醫華"
    "協單盧廳曆歷縣參發髮檯臺葉號後嚮聽啟吳員週諮迴團園圍國圖場壇聲處備復複頭薑孫學寧實審對導爾盡屬佈帳幫廣慶"
    "應開張歸當錄録誌態總戶執擴掃護報擔據攝數無舊時顯機雜權條來楊構標欄檢樓歡氣沒註瀏溫灣點熱愛獨現電監盤磯碼"
    "禮稱簽籤簡類係約級紐線組細終結給絡絕統繼續維綜編縮網羅聯肅腦臉蘇範薦蓮獲蔣裝見觀視覽覺計訂認討讓議訊記許"
    "論設訪證評識訴詞譯話詢該詳語誤說説請讀調謝謹譚財責賬購貼貴費賀賈資賞讚贊趙蹤轉載較輯遼達過還這進違連選遞"
    "鄧郵鄒鄭採裏裡鍾鐘鈕錢鏈鎖錯錕鍵鎮鏡長門閆閉問間聞閱閲陸陳陝險隨隱韓頁頂須顧頓預頻題風飛館饋馬驗魚魯鮮雞"
    "黃龍龔"
)
_SIMPLIFIED = (
    "/|与专业东丝丢两个为为举义习书买于云仅们众众伙会传伦体余余你兰关兴内册写农冯准击刘则刚创别制务动区医华"
    "协单卢厅历历县参发发台台叶号后向听启吴员周咨回团园围国图场坛声处备复复头姜孙学宁实审对导尔尽属布帐帮广庆"
    "应开张归当录录志态总户执扩扫护报担据摄数无旧时显机杂权条来杨构标栏检楼欢气没注浏温湾点热爱独现电监盘矶码"
    "礼称签签简类系约级纽线组细终结给络绝统继续维综编缩网罗联肃脑脸苏范荐莲获蒋装见观视览觉计订认讨让议讯记许"
    "论设访证评识诉词译话询该详语误说说请读调谢谨谭财责账购贴贵费贺贾资赏赞赞赵踪转载较辑辽达过还这进违连选递"
    "邓邮邹郑采里里钟钟钮钱链锁错锟键镇镜长门闫闭问间闻阅阅陆陈陕险随隐韩页顶须顾顿预频题风飞馆馈马验鱼鲁鲜鸡"
    "黄龙龚"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_ANY = re.compile(f"[{_TRADITIONAL}]")
_FREQUENT = "時這會個"
"""No running text in traditional characters is without all of them: time, this, meeting, a piece."""


def is_in(page: str) -> bool:
    """Whether a page holds such characters: four looks for one take a hundredth of what a pattern does."""
    return any(char in page for char in _FREQUENT)


def simplified(text: str) -> str:
    """``text`` with as many characters, the traditional ones among them replaced."""
    return text.translate(_TABLE) if _ANY.search(text) else text
