"""Sentences that belong to no shop: a question nearer to these than to any entry is small talk."""

from __future__ import annotations

from fondaco.kit.text import words

_SENTENCES = """
    hi | hello | hey | thanks | thank you | ok | bye | hallo | hey du | danke | vielen dank | tschüss
    谢谢 | 您好 | 嗨 | 好的 | ありがとう | こんばんは | はい | 감사합니다 | 안녕 | 네
    hello there | good morning | how are you doing today | who are you | are you a real person
    what is your name | tell me a joke | thanks, that is all | goodbye | I am bored
    what is the weather like | who won the match yesterday | what is the capital of France
    write me a poem about the sea | what do you think about politics | how many people live in China
    play some music | what time is it | I love you | you are useless | lol | asdf qwer
    what is the meaning of life | translate this into Spanish | how do I cook rice
    what movie should I watch tonight | solve this equation | which football team is the best
    how tall is the highest mountain | hallo zusammen | guten Morgen | wie geht es dir heute
    wer bist du | bist du ein echter Mensch | wie heißt du | erzähl mir einen Witz
    danke, das war alles | auf Wiedersehen | mir ist langweilig | wie wird das Wetter
    wer hat gestern gewonnen | was ist die Hauptstadt von Frankreich
    schreib mir ein Gedicht über das Meer | was hältst du von Politik
    wie viele Menschen leben in China | spiel Musik | wie spät ist es | ich liebe dich | du bist nutzlos
    haha | was ist der Sinn des Lebens | übersetze das ins Spanische | wie koche ich Reis
    welchen Film soll ich heute sehen | welche Mannschaft ist die beste | wie hoch ist der höchste Berg
    你好 | 早上好 | 你今天好吗 | 你是谁 | 你是真人吗 | 你叫什么名字 | 讲个笑话 | 谢谢，没有别的事了
    再见 | 我好无聊 | 今天天气怎么样 | 昨天谁赢了比赛 | 法国的首都是哪里 | 写一首关于大海的诗
    你怎么看政治 | 中国有多少人口 | 放点音乐 | 现在几点了 | 我爱你 | 你真没用 | 哈哈哈
    人生的意义是什么 | 把这个翻译成西班牙语 | 怎么煮米饭 | 今晚看什么电影好 | こんにちは
    おはようございます | 元気ですか | あなたは誰ですか | 本物の人間ですか | お名前は何ですか
    冗談を言って | ありがとう、以上です | さようなら | 退屈です | 今日の天気はどうですか
    昨日の試合は誰が勝ちましたか | フランスの首都はどこですか | 海についての詩を書いて
    政治についてどう思いますか | 中国の人口は何人ですか | 音楽をかけて | 今何時ですか | 愛してる
    役に立たないね | 笑 | 人生の意味は何ですか | スペイン語に翻訳して | ご飯の炊き方
    今夜どの映画を見ようか | 안녕하세요 | 좋은 아침이에요 | 오늘 기분이 어때요 | 당신은 누구세요
    진짜 사람이에요 | 이름이 뭐예요 | 농담 하나 해 줘 | 고마워요, 그게 다예요 | 안녕히 계세요 | 심심해
    오늘 날씨 어때 | 어제 경기 누가 이겼어 | 프랑스의 수도는 어디야 | 바다에 대한 시를 써 줘
    정치에 대해 어떻게 생각해 | 중국 인구가 몇 명이야 | 음악 틀어 줘 | 지금 몇 시야 | 사랑해
    너 정말 쓸모없다 | ㅋㅋㅋ | 인생의 의미가 뭐야 | 스페인어로 번역해 줘 | 밥 어떻게 해
    오늘 밤에 무슨 영화 볼까
"""

#: Greetings, idle questions and questions about the world, in all five languages.
SMALL_TALK: tuple[str, ...] = tuple(
    sentence.strip() for line in _SENTENCES.strip().splitlines() for sentence in line.split("|")
)

_WORD_FOR_WORD = frozenset(" ".join(words(sentence)) for sentence in SMALL_TALK)
#: From this cosine on two short sentences mean the same.
_SAME_MEANING = 0.75


def is_small_talk(text: str, small_talk_nearest: float, entry_nearest: float) -> bool:
    """Return whether ``text`` is one of the sentences, by its words or, clearly and above all entries, by meaning."""
    if " ".join(words(text)) in _WORD_FOR_WORD:
        return True
    return small_talk_nearest >= _SAME_MEANING and small_talk_nearest > entry_nearest
