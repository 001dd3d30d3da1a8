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

# Announcements: why one came, and fewer of its kind. Buttons have at most 20 characters.
# Button and word: why did I get this?
ann-why = なぜ届いたの？
# Words that ask the same, divided by |.
ann-why-words = なぜ届いた|なんで届いたの|どうして届いたの|なぜ送られてきたの|なぜ私に届いたの|なぜ届きましたか|届いた理由
# Button and word: fewer of these.
ann-fewer = こういうのは減らして
ann-fewer-words = こういうのを減らして|こういうのはいらない|こういうお知らせはいらない|お知らせを減らして|お知らせを減らしたい|減らして|減らしたい|届きすぎ|お知らせが多い
# Words that show of what fewer are wanted.
ann-list-words = 減らしたお知らせ|減らしたお知らせを見る|減らしているお知らせ|お知らせを元に戻す|お知らせを元に戻したい
ann-undo = 元に戻す
ann-stop = 止める
ann-none = あなたにお送りしたお知らせは、まだありません。
ann-unknown = このお知らせをあなたにお送りした記録が見つかりません。登録を消したあとは、前の記録は残りません。
ann-test = これは、送る前に確かめるためのテストです。職員のグループだけにお送りしています。
ann-lead = 「{ $line }」（{ $date }）
why-all = 友だち登録をしているすべての方にお送りしました。
why-staff = 職員のグループに入っている方にお送りしました。
why-drill = 訓練です。職員のグループに入っている方だけにお送りしました。
why-earlier = 前のお知らせを受け取った方、または受け取ったかもしれない方に、その訂正や続きとしてお送りしました。
why-picked = 次のことに当てはまる方へお送りしました。
# Parts of a list below why-picked.
why-following = 友だち登録をしている
why-registered = 前から登録している
why-language = トークの言語に「{ $language }」を選んでいる
why-excluded = お送りしない方の条件に当てはまらない
why-no-longer = お送りしたときは、対象の条件に当てはまっていました。いまの登録内容では当てはまりません。
why-own = このうち登録内容は、ご自身で登録されたものです。いつでも変えられます。
why-alert = 命や安全にかかわる緊急のお知らせです。減らすことはできません。
# Leads the buttons below; at most 160 characters.
why-buttons = 受け取るお知らせを変えるときは、こちらからどうぞ。
fewer-topics = このお知らせは、あなたが登録した次のお知らせの分です。止めますか。ほかのお知らせは、いままでどおりお送りします。
fewer-from-now = これからは、次のお知らせをお送りしません。
# What is sent no more, as one line; $what is the first line of an announcement.
fewer-segment = 「{ $what }」と同じ条件の方へのお知らせ
fewer-department = 「{ $department }」からのお知らせ
fewer-city = 担当課の名前がない、市からのお知らせ
fewer-still = 緊急のお知らせと、前のお知らせの訂正は、これからもお送りします。
fewer-all = 友だち全員へのお知らせは、お一人だけ止めることができません。音を止めたいときは、LINEの通知をオフにできます。
fewer-staff = 職員のグループへのお知らせです。減らすには、「受信設定」でグループから抜けてください。
fewer-not-meant = いまの登録内容では、このお知らせの対象ではありません。同じ条件のお知らせは届きません。
fewer-undone = 元に戻しました。これからは、またお送りします。
fewer-undo-none = 元に戻すものはありません。受け取るお知らせは「受信設定」で選べます。
# Leads the buttons below; at most 160 characters.
fewer-buttons = 元に戻すときは、こちらからどうぞ。
fewer-list = お送りしないことにしているお知らせです。
fewer-list-none = 減らしているお知らせはありません。
