# Why the bot said what it said, for staff. Keys are the stored names of reasons (domain::reason).

safety-pattern = a safety pattern of the kind { $kind } applies; nothing else was tried
safety-likeness = the message resembles the safety examples of the kind { $kind } ({ $confidence }; { $enough } is enough)
about-language = the message is about the language of the chat
registration = It belongs to registering, changing or stopping what is sent.
fixed-phrase = the whole message is one of the phrases of { $id }
personal-data = the message seems to hold { $what ->
    [telephone] a telephone number
    [mail] a mail address
    [address] an address
    [my-number] an individual number
    [card] a card number
   *[other] personal data
 }; it was not used and is not kept
nearest = { $intent } is nearest by { $by } (confidence { $confidence }; { $answers } answers, { $asks } asks back)
elsewhere = { $matter }, which is somebody else's, is as near, by { $by } (confidence { $confidence }; { $enough } is enough)
other-municipality = the message is about another municipality
topic-name = the message is the name of a topic
several-matters = the message holds several matters
second-too-close = the second is too close to the best
not-sure-enough = it is not sure enough to answer outright
nothing-near = nothing is near enough
became-friend = somebody became a friend
fixed-kind = this kind of message has a fixed reply
choice-tapped = a choice was tapped
number-typed = the number of a choice was typed
none-fitted = none of the choices fitted
topic-tapped = a topic was tapped
topics-asked = all topics were asked for
button-too-old = the button's code leads nowhere
answer-helped = the answer helped
answer-wrong = the answer was wrong: the contact opens
language-tapped = a language was tapped
about-announcement = It is about why an announcement came, or about fewer of them.
