# Why the bot said what it said, for staff. Keys are the stored names of reasons (domain::reason).

safety-pattern = 命と安全の表現（{ $kind }）に当てはまりました。ほかは調べていません。
safety-likeness = 命と安全の例文（{ $kind }）に似ています（{ $confidence }。{ $enough } 以上で案内します）。
about-language = 会話の言語についてのメッセージです。
registration = 受信設定（登録・変更・停止）の途中のやりとりです。
fixed-phrase = 全体が、決まった返事（{ $id }）の言い回しに当てはまりました。
personal-data = { $what ->
    [telephone] 電話番号
    [mail] メールアドレス
    [address] 住所
    [my-number] 個人番号
    [card] カード番号
   *[other] 個人情報
 }が含まれているようです。判断には使わず、残しません。
nearest = { $intent } が最も近い候補です（方法は { $by }、確かさは { $confidence }。{ $answers } 以上で回答し、{ $asks } 以上で聞き返します）。
elsewhere = 市以外の担当（{ $matter }）に同じくらい近い内容です（方法は { $by }、確かさは { $confidence }。{ $enough } 以上で担当先を案内します）。
other-municipality = ほかの自治体についてのメッセージです。
topic-name = 分野の名前だけのメッセージです。
several-matters = いくつかの用件が含まれています。
second-too-close = 2番目の候補との差が小さく、1つに決められません。
not-sure-enough = そのまま回答できるほど確かではありません。
nothing-near = 十分に近い候補がありません。
became-friend = 友だちに追加されました。
fixed-kind = この種類のメッセージには、決まった返事があります。
choice-tapped = 候補が選ばれました。
number-typed = 候補の番号が入力されました。
none-fitted = 候補の中に、当てはまるものがありませんでした。
topic-tapped = 分野が選ばれました。
topics-asked = 分野の一覧を求められました。
button-too-old = ボタンの行き先が、もうありません。
answer-helped = 回答が役に立ったとのことです。
answer-wrong = 回答が違ったとのことです。窓口を案内します。
language-tapped = 言語が選ばれました。
about-announcement = お知らせが届いた理由、またはお知らせを減らすことについてのやりとりです。
