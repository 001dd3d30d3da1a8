# Residents' own pages, under /p/. Keys and variables are the same in every language.

# The first link of every page, for keyboards and screen readers.
skip = 本文へ移動
# Names the list of languages.
languages = 言語

# The form.
ask-title = 市への問い合わせ
ask-lead = 質問を送ると、市の担当の課がお答えします。回答があると LINE でお知らせし、回答は市のページでお読みいただけます。ここに書いた内容は LINE には送られません。
about = トークでお尋ねの内容：{ $title }
text-label = 質問（必須）
text-hint = { $most }文字まで。マイナンバーや口座の番号は書かないでください。
division-label = 担当の課
division-hint = わからないときは、そのままで送ってください。
name-label = お名前（書かなくてもかまいません）
name-hint = お呼びするためだけに使います。
privacy-title = 個人情報の取扱い
privacy = 送っていただいた内容は、{ $city }がお答えするためだけに使い、暗号にして保管し、最後のやりとりから{ $days }日たつと消します。送信すると、この取扱いに同意したことになります。
send = 送信する

# Above the form when something is to be mended; each line links to its field.
error-title = 入力を確かめてください
# Before a problem, at its field.
error-prefix = 確認：
error-empty = 質問を書いてください。
error-too-long = { $most }文字までに短くしてください。

# After sending.
done-title = 送信しました
done-lead = 受付番号は { $number } です。回答があると LINE でお知らせします。
done-open = この問い合わせのページを開く
# Above the city's safety reply.
danger-title = いま危険を感じている方へ

# An enquiry's page.
enquiry-title = お問い合わせ { $number }
enquiry-state = いまの状態：{ $state }
state-open = 受け付けました
state-in-progress = 担当が確認しています
state-answered = 回答しました
state-closed = 完了しました
talk = やりとり
from-you = あなた
keep-secret = このページのアドレスを知っている人は、内容を読めます。ほかの人に送らないでください。
reply-title = さらに尋ねる
reply-label = 追加の質問やご返事
reply-send = 送る

# When there is no page.
stop-title = ページを表示できません
link-unknown = リンクが正しくありません。LINE のトークから開き直してください。
link-over = リンクの期限が切れました。LINE のトークでもう一度質問して、「市に問い合わせる」を押してください。
enquiry-gone = 保管の期間が過ぎたため、このお問い合わせは消しました。
too-many = 続けて送ることができるのは数回までです。{ $minutes }分ほど待ってから、もう一度送ってください。
talk-full = このお問い合わせには、これ以上書き込めません。お電話でお尋ねください。
trouble = ただいま送信できません。書いた内容を控えて、しばらくしてからもう一度お試しください。
