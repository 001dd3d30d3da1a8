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

# Somebody's own data.
liff-wait = LINE で確認しています…
liff-failed = LINE で確認できませんでした。LINE アプリで開くか、トークで「登録内容を見る」と送ってください。リンクが届きます。
liff-nobody = まだ記録がありません。友だちに追加して、トークで「受信設定」と送ってから、もう一度開いてください。
liff-open = LINE で開く
me-title = 登録内容の確認と変更
me-lead = あなたについて{ $city }が保管している内容です。ここで変えることも、消すこともできます。
me-until = このリンクは{ $time }まで使えます。そのあとは、LINE のトークで「登録内容を見る」と送ると、新しいリンクが届きます。
me-contents = このページの内容
me-saved = 保存しました。
me-saved-over = 保存しました。このリンクの期限は切れました。もう一度見るときは、LINE のトークで「登録内容を見る」と送ってください。
me-meanwhile = このページを開いたあとに、トークなどで内容が変わりました。今の変更は保存していません。いまの内容を表示しているので、確かめてからもう一度お選びください。
me-stored = 保管している内容
me-stored-nothing = 登録された内容はありません。
me-language = トークの言語：{ $language }
me-language-open = トークの言語：選ばれていません（送られた言語でお答えします）
me-known = はじめてご連絡をいただいた日：{ $date }
me-registered = はじめて登録した日：{ $date }
me-else = このほかに、LINE でお返事するためのID、友だち追加の状態、やりとりの途中の状態と、送られた文を処理のあと短い間だけ、暗号にして保管しています。お名前や電話番号は、お問い合わせに書かれたもののほかにはありません。
me-enquiries = 市への問い合わせ
me-enquiries-none = 保管しているお問い合わせはありません。
me-enquiry = 受付番号 { $number }：{ $state }
me-sent = この90日間に市からお送りしたもの
me-sent-none = この90日間に、お送りしたものはありません。
me-sent-note = 新しいものから20件までです。あなたのメッセージへのお返事は、ここには含みません。
me-sent-one = { $date }：{ $line }
me-sent-answer = { $date }：お問い合わせ { $number } に回答したというお知らせ（理由：あなたがお尋ねになったため）
me-fewer = 減らしたお知らせ
me-fewer-none = 減らしているお知らせはありません。お知らせの下の「こういうのは減らして」で減らせます。
me-fewer-one = { $what }（{ $date }から、お送りしていません）
me-fewer-undo = また受け取る：{ $what }
me-change = { $label }を変える
# How it is kept; how long follows.
me-plain = 暗号にして保管し、お知らせを届ける相手を選ぶ条件に使います。
me-sealed = あなただけの鍵で暗号にして保管し、お知らせを届ける相手を選ぶ条件には使いません。
me-save = 「{ $label }」を保存する
me-unsaid = 登録しない
# Follows a hint: begins with a blank.
me-empty-hint = {" "}空にして保存すると消えます。
me-narrow = 「{ $label }」の地域・時間
me-areas = 届ける地域（選ばなければ市全体）
me-hours = 届ける時間
me-child = お子さん { $number }
me-child-new = お子さんを加える
me-child-kind = 生まれた月か、予定の月か
me-child-remove = このお子さんの登録を消す
me-born = 生まれた
me-due = 生まれる予定
me-month = 年と月
me-month-hint = 例：2024-05、2024年5月、令和6年5月
me-number-hint = { $least }から{ $most }までの数。
me-code = 招待コード
me-code-hint = お渡しした用紙のコードを入れると、グループに加わります。
me-leave-hint = チェックを外して保存すると、グループから抜けます。
me-stop-title = お知らせを止める
me-stop-lead = 1つだけ止めるときは、上の欄でチェックを外して保存してください。トークで「配信停止」と送っても止められます。
me-stop = すべてのお知らせを止める
me-helpers = 家族・支援者に手伝ってもらう
me-helpers-lead = ご家族や支援者の方に、登録内容を見て変えるためのリンクを渡せます。渡す方は、LINE の友だちでなくてもかまいません。市への問い合わせ、あなただけの鍵で保管している内容、グループは見えず、すべて消すこともできません。
me-helper-one = { $name }：{ $date }まで使えます。
me-helper-came = 最後に開いた日：{ $date }
me-helper-never = まだ開かれていません。
me-helper-name = どなたに渡しますか（例：長女、ケアマネジャー）
me-helper-name-hint = あなたが見分けるための呼び名です。ほかの人には見えません。
me-helper-for = 使える期間
me-helper-days = { $days }日間
me-helper-make = リンクを作る
me-helper-remove = 「{ $name }」のリンクを取り消す
me-helpers-full = 渡せるリンクは{ $most }つまでです。使っていないものを取り消してから、もう一度お試しください。
me-helper-error-name = 呼び名を、1文字から{ $most }文字で書いてください。
me-helper-made-title = リンクを作りました
me-helper-made = 次のリンクを「{ $name }」に渡してください。リンクを持つ人は、{ $date }まで、あなたの登録内容を見たり変えたりできます。このページを離れると、もう表示できません。
me-helper-message = { $city }の登録内容を手伝うためのリンクです。
me-helper-share = LINE で送る
me-helper-qr = リンクの QR コード
me-helper-qr-hint = そばにいる方は、この QR コードをカメラで読み取れます。
me-helper-back = 登録内容に戻る
me-helper-title = 登録内容の確認と変更（手伝う方）
me-helper-lead = ご家族や支援者として、この方が{ $city }に登録した内容を見て、変えられます。いつ開いたかは、ご本人に表示されます。
me-helper-until = このリンクは{ $date }まで使えます。ご本人は、いつでも取り消せます。
me-helper-over = このリンクは使えません。期限が切れたか、ご本人が取り消しました。必要なときは、ご本人に新しいリンクを作ってもらってください。
me-erase-title = すべて消す
me-erase-hint = 市が保管しているあなたの内容を、すべて消すことができます。次のページで、何が消えるかを確かめられます。
me-erase-open = 消す前の確認へ進む
# The page that asks before everything is erased.
me-erase-lead = 次の内容がすべて消えます。
me-erase-data = 登録した内容
me-erase-talk = これまでの会話の記録と、選んだ言語
me-erase-enquiries = 市への問い合わせと、その回答。まだ回答していないものには、お答えできなくなります
me-erase-final = 元に戻すことはできません。
me-erase-rest = LINE のトークに残っている文字は、市からは消せません。LINE の機能で消してください。だれのものか分からない件数だけは残ります。もう一度トークで話しかけると、はじめての方として記録が始まります。
me-erase-yes = すべて消す
me-erase-back = 消さずに戻る
me-erased-title = すべて消しました
me-erased = 市が保管していたあなたの内容は、すべて消えました。LINE のトークに残った文字は、LINE の機能で消せます。ご利用ありがとうございました。
# At the fields.
me-error-month = 年と月を、2024-05 のように書いてください。
me-error-born = 生まれた月は、今月までの月を書いてください。これからの月は「生まれる予定」を選んでください。
me-error-due = 予定の月は、先月から10か月先までの月を書いてください。
me-error-day = 日付を、2024-05-03 のように書いてください。
me-error-number = { $least }から{ $most }までの数を書いてください。
me-error-children = 登録できるお子さんは{ $most }人までです。消すときは、先に消して保存してください。
me-error-gone = この選択肢は、いまはありません。選び直してください。
# When there is no page.
me-over = リンクの期限が切れました。LINE のトークで「登録内容を見る」と送ると、新しいリンクが届きます。
me-nobody = 市が保管しているあなたの内容はありません。
me-trouble = ただいま表示や保存ができません。しばらくしてから、もう一度お試しください。

# On sheets for paper: what it is, and how one adds the account.
sheet-title = 市からのお知らせを LINE で受け取れます
sheet-lead = { $city }の公式アカウントです。ごみの日、子育て、防災など、選んだお知らせだけが届きます。質問にも24時間答えます。
sheet-scan = スマートフォンのカメラか LINE の QR コードリーダーで、QR コードを読み取ります。
sheet-add = 「追加」を押します。
sheet-choose = トークで、知りたいことを選びます。いつでも変えられ、やめられます。
# On the page of one's own data.
me-share = 家族や友だちに知らせる
me-share-lead = このアカウントを、LINE で家族や友だちに教えることができます。あなたが登録した内容は伝わりません。
