ask-lead = どれを 知(し)りたいですか。
ask-several = いくつかの ことを 聞(き)いています。どれから 答(こた)えますか。
ask-number-hint = 番号(ばんごう)を 送(おく)っても いいです。
none-of-these = この中(なか)に ない
refused = すみません。答(こた)えが 見(み)つかりません。ほかの ことばで 聞(き)いて ください。
refuse-nearby = 近(ちか)い 質問(しつもん)です。
refuse-municipality = { $city }の ことですね。ここは { $account } です。ほかの 町(まち)の ことは 答(こた)えられません。{ $city }に 聞(き)いて ください。
refuse-here = この 町(まち)の ことなら、ここに 答(こた)えが あります。
refuse-contact = 人(ひと)と 話(はな)したい ときは、ここに 電話(でんわ)して ください。
feedback-question = わかりましたか。「役(やく)に 立(た)った」か「ちがう」を 送(おく)って ください。
feedback-useful = 役に立った
feedback-wrong = ちがう
feedback-thanks = ありがとうございます。ほかに 知(し)りたい ことが あれば、いつでも 送(おく)って ください。
feedback-sorry = ごめんなさい。ここに 電話(でんわ)して 聞(き)いて ください。
contact-line =
    { $name }
    電話(でんわ) { $tel }
    { $hours }
call-button = 電話する
open-link = 手続きのページ
source-line = もっと 知(し)りたい ときは、この ページを 見(み)て ください
language-chosen = これから { $language }で 答(こた)えます。
language-name = やさしい日本語
choose-language = どの ことばが いいですか。
topics-lead = この ことに 答(こた)える ことが できます。知(し)りたい ことを 書(か)いて 送(おく)って ください。
topics-also = これも 聞(き)けます。
more-topics = ほかを 見る
answer-in-other-language = この 答(こた)えは { $language }だけです。
button-too-old = この ボタンは 古(ふる)いです。知(し)りたい ことを もう一度(いちど) 書(か)いて 送(おく)って ください。
ask-person = 市役所の 人に 聞く
ask-person-lead = ページを 開(ひら)いて、市役所(しやくしょ)の 人(ひと)に 聞(き)く ことが できます。
enquiry-answered = あなたの 質問(しつもん)（番号(ばんごう) { $number }）に 答(こた)えました。次(つぎ)の ページを 見(み)て ください。
enquiry-open = 答えを 見る
