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

# Registering in the chat: buttons have at most 20 characters.
reg-open = 受信設定
reg-topics-lead = 知りたいお知らせを選んでください。選ぶたびに登録されます。
reg-menu-lead = いまの登録です。変えたいものを選んでください。
reg-nothing = まだ何も登録されていません。
reg-ask = 「{ $label }」を選んでください。
reg-area-lead = 「{ $topic }」は、どの地域の分をお届けしますか。お住まいの地域を選んでください。
reg-everywhere = 市全体
reg-hours-lead = 「{ $topic }」は、いつお届けしますか。
reg-any-time = いつでも
reg-hours = { $from }時〜{ $until }時
reg-children-lead = お子さんの生まれた月、または出産予定の月を登録できます。「2024年5月」のように送ることもできます。お名前はうかがいません。
reg-add-born = 生年月日を選ぶ
reg-add-due = 出産予定日を選ぶ
reg-born = { $month }生まれ
reg-due = { $month }予定
reg-month = { $year }年{ $month }月
reg-pick = 日付を選ぶ
reg-number-lead = 「{ $label }」を{ $least }から{ $most }までの数字で送ってください。
reg-code-lead = お渡しした招待コードを送ってください。
reg-wrong-code = その招待コードは使えません。お手元の紙をもう一度ご確認ください。
reg-used-code = その招待コードは、すでに使われています。お心当たりがないときは、コードをお渡しした担当課へご連絡ください。
reg-saved = 「{ $what }」を登録しました。
reg-taken-back = 「{ $what }」の登録を消しました。
reg-stopped = 「{ $what }」のお届けを止めました。
reg-refused = 登録できませんでした。ボタンからもう一度お選びください。
reg-stop = 配信停止
reg-stop-lead = どのお知らせを止めますか。
reg-nothing-to-stop = お届けしているお知らせはありません。
reg-stop-all = すべて止める
reg-stop-all-lead = すべてのお知らせを止めます。よろしいですか。ほかの登録は残ります。
reg-stop-all-yes = はい、止めます
reg-all-stopped = すべてのお知らせを止めました。「受信設定」と送ると、いつでも再開できます。
reg-data = 登録内容を見る
reg-data-lead = あなたについて登録されている内容です。
reg-page = ページで見る・変える
reg-page-lead = 市が保管しているすべての内容を、市のページで確かめ、変えたり消したりできます。リンクは60分で切れます。ほかの人に送らないでください。
reg-erase = 登録を全部消す
reg-erase-lead = 登録内容、これまでの会話の記録、お問い合わせを、すべて消します。元に戻せません。よろしいですか。
reg-erase-yes = はい、消します
reg-erased = すべて消しました。ご利用ありがとうございました。このトークの画面に残った文字は、LINEの機能で消せます。
reg-why = なぜ聞くのですか
reg-kept-while = 登録している間だけ保管し、いつでも消せます。
reg-kept-days = { $days }日たつと自動で消えます。いつでも消せます。
reg-leave = おわる
reg-left = 受信設定を終わりました。続きや変更は、いつでも「受信設定」と送ってください。
reg-back = 登録の一覧へ
reg-more = ほかを見る
reg-remove = 登録を消す
reg-stop-one = このお知らせを止める
reg-change-area = 地域を変える
reg-change-hours = 時間を変える
reg-part-lead = 「{ $what }」をどうしますか。
reg-lapsed = 受信設定の途中でした。選んだものは登録されています。続けるときは「受信設定」と送ってください。
reg-yes = はい
reg-no = いいえ
# Words that begin or end it when nothing else is said, divided by |.
reg-open-words = 登録|登録する|登録したい|設定|受信の設定|お知らせ登録|お知らせの登録|お知らせを登録したい|お知らせがほしい|配信登録|登録の変更|登録を変えたい
reg-stop-words = 停止|配信を止めたい|お知らせを止めたい|お知らせを止めて|配信を止めて|配信解除|登録解除|もう送らないで
reg-data-words = 登録内容|登録の確認|登録を確認したい|私の登録内容|自分の登録内容|私のデータ
reg-erase-words = 登録を消したい|登録を消して|全部消して|データを消して|私のデータを消して|退会|退会したい
reg-quit-words = やめる|やめます|終わり|終わる|終了|キャンセル|中止|もういい|もういいです
correction-lead = 先ほどのお知らせに誤りがありました。おわびして訂正します。正しくは次のとおりです。
