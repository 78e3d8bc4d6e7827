"""What the web services for teams want to be sent, and how they say that they took it. Pure.

By their documentation of incoming webhooks: Slack, Telegram's sendMessage, the robots of WeCom (企业微信),
DingTalk (钉钉) and Feishu (飞书). The last two sign what they are sent when a secret is set for the robot;
here it is a field ``secret`` in the address, which is not sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

LONGEST = {"wecom": 2048, "telegram": 4096}
"""Bytes of a text that a service takes at most; the others take far more."""
USUAL = 15_000

SERVICES = ("slack", "telegram", "wecom", "dingtalk", "feishu")


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent, as JSON, and where."""

    url: str
    body: dict[str, Any]


def post(service: str, url: str, text: str, *, seconds: int) -> Post:
    """``text`` for one of SERVICES at ``url``; ``seconds``: the time, for signatures.

    Telegram's address ends in ``/sendMessage?chat_id=…``.
    """
    text = cut(text, LONGEST.get(service, USUAL))
    fields = dict(parse_qsl(urlsplit(url).query))
    secret = fields.pop("secret", "")
    match service:
        case "telegram":
            chat = fields.pop("chat_id", "")
            return Post(_with(url, fields), {"chat_id": chat, "text": text, "disable_web_page_preview": True})
        case "wecom":
            return Post(url, {"msgtype": "text", "text": {"content": text}})
        case "dingtalk":
            if secret:
                stamp = str(seconds * 1000)
                digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
                fields |= {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}
            return Post(_with(url, fields), {"msgtype": "text", "text": {"content": text}})
        case "feishu":
            body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
            if secret:
                digest = hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()
                body |= {"timestamp": str(seconds), "sign": base64.b64encode(digest).decode()}
            return Post(_with(url, fields), body)
    return Post(url, {"text": text})


def refusal(service: str, answer: Mapping[str, Any]) -> str | None:
    """Why a service did not take it, by its answer (with status 200); None: it did."""
    match service:
        case "telegram":
            return None if answer.get("ok") else str(answer.get("description", "not ok"))
        case "wecom" | "dingtalk":
            return None if answer.get("errcode") == 0 else f"{answer.get('errcode')}: {answer.get('errmsg')}"
        case "feishu":
            code = answer.get("code", answer.get("StatusCode"))
            return None if code == 0 else f"{code}: {answer.get('msg')}"
    return None  # Slack says it by the status


def cut(text: str, most: int) -> str:
    """``text`` in at most ``most`` bytes of UTF-8, with … where something was cut."""
    data = text.encode()
    if len(data) <= most:
        return text
    return data[: most - 3].decode(errors="ignore") + "…"


def _with(url: str, fields: Mapping[str, str]) -> str:
    return urlunsplit(urlsplit(url)._replace(query=urlencode(fields)))
