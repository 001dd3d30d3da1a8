ask-lead = Which of these do you want to know about?
ask-several = You seem to ask about several things. Which one first?
ask-number-hint = You can also just send the number.
none-of-these = None of these
refused = Sorry, no answer was found. Please try other words.
refuse-nearby = These questions are close to yours.
refuse-municipality = This seems to be about { $city }. This is the account of { $account }, which cannot answer for other municipalities. Please ask { $city }.
refuse-here = About this city, these questions can be answered.
refuse-contact = To ask a person, please call here.
feedback-question = Did this help? You can send "Helpful" or "Wrong".
feedback-useful = Helpful
feedback-wrong = Wrong
feedback-thanks = Thank you. Feel free to ask anything else at any time.
feedback-sorry = We are sorry that this did not help. Please ask this office.
contact-line =
    { $name }
    Phone { $tel }
    { $hours }
call-button = Call
open-link = Open the procedure
source-line = Read more
language-chosen = From now on the answers come in { $language }.
language-name = English
choose-language = Which language would you like?
topics-lead = You can ask about these. Just send your question in your own words.
topics-also = Also:
more-topics = See other topics
answer-in-other-language = This answer is available only in { $language }.
button-too-old = This button is too old. Please send your question again in words.
ask-person = Ask the city
ask-person-lead = You can ask the city staff on a form.
enquiry-answered = Your enquiry (number { $number }) has been answered. Please read the answer on this page.
enquiry-open = Read the answer
