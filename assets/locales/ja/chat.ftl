# What todoke itself says in the chat. Keys and variables are the same in every language.
# Button labels may have 20 characters (LINE, quick reply and template action).

# Leads numbered choices when a question is ambiguous.
ask-lead = どのことについてお知りになりたいですか。
# Leads numbered choices when a message holds several matters.
ask-several = いくつかのことをまとめてお尋ねのようです。どれからお答えしましょうか。
# Below the choices: the number may be typed.
ask-number-hint = 番号を送っていただいてもかまいません。
# Button, at most 20 characters: none of the choices fits.
none-of-these = この中にない
# When nothing fits and the city has no words of its own for it.
refused = 申し訳ありません。お答えが見つかりませんでした。別の言葉で聞いてみてください。
# Leads numbered questions that are near, after a refusal.
refuse-nearby = 近い内容の質問です。
# Another municipality is meant: its name, and the name of this account.
refuse-municipality = お尋ねの内容は、{ $city }のことのようです。こちらは{ $account }のアカウントなので、お答えできません。{ $city }へお尋ねください。
# Leads numbered questions after words about another municipality.
refuse-here = こちらの市のことでしたら、次の質問にお答えできます。
# Above the telephone button after a refusal.
refuse-contact = 人にお尋ねになるときは、こちらへお電話ください。
# Below an answer: says how to give feedback.
feedback-question = お役に立ちましたか。「役に立った」「ちがう」と送っていただけると助かります。
# Button, at most 20 characters; may also be typed.
feedback-useful = 役に立った
# Button, at most 20 characters; may also be typed.
feedback-wrong = ちがう
# After the first of the two.
feedback-thanks = ありがとうございます。ほかにも知りたいことがあれば、いつでも送ってください。
# After the second of the two; the contact follows.
feedback-sorry = お役に立てず申し訳ありません。くわしくは次の窓口へお尋ねください。
# A contact in one or two lines.
contact-line =
    { $name }
    電話 { $tel }
    { $hours }
# Button, at most 20 characters: dials.
call-button = 電話する
# Button, at most 20 characters: opens the online procedure.
open-link = 手続きを開く
# Above the address of the page that the answer rests on.
source-line = くわしくはこちら
# Confirms a chosen language.
language-chosen = これからは{ $language }でお答えします。
# The language's own name; on buttons, at most 20 characters.
language-name = 日本語
# Asks which language.
choose-language = どの言語でお答えしましょうか。
# Leads a list of topics.
topics-lead = 次のようなことにお答えできます。そのまま文章で送っていただいてもかまいません。
topics-also = こちらもどうぞ。
# Button, at most 20 characters: shows all topics.
more-topics = ほかの分野を見る
# Before an answer that is not in the reader's language.
answer-in-other-language = この案内は{ $language }だけです。
# After a button of an older day that leads nowhere any more.
button-too-old = このボタンは古くなっています。もう一度、知りたいことを文章で送ってください。
# Button, at most 20 characters: opens a form of the city's own.
ask-person = 市に問い合わせる
# Leads that button where there is no contact beside it; at most 160 characters.
ask-person-lead = 質問のページを開いて、市の担当に尋ねることができます。
# Told in LINE when an enquiry was answered, at most 160 characters; nothing of the answer.
enquiry-answered = お問い合わせ（受付番号 { $number }）に回答がありました。次のページでお読みください。
# Button, at most 20 characters: opens the page with the answer.
enquiry-open = 回答を読む
