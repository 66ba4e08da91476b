"""What the widget says before anybody has written."""

from __future__ import annotations

from fondaco.kit.language import Language

#: Regulation (EU) 2024/1689, article 50 (1): whoever writes with an AI system is told so.
AI_NOTICE: dict[Language, str] = {
    Language.DE: "Hier antwortet zuerst ein KI-Assistent; auf Wunsch übernimmt ein Mensch.",
    Language.EN: "An AI assistant answers first; a person takes over whenever you like.",
    Language.ZH: "先由 AI 助理为您解答，您随时可以要求转接人工。",
    Language.JA: "まず AI アシスタントがお答えします。ご希望があればいつでも担当者に代わります。",
    Language.KO: "먼저 AI 어시스턴트가 답변해 드리며, 원하시면 언제든지 상담원이 이어받습니다.",
}
