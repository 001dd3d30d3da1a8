ask-lead = Sobre qual destes assuntos você quer saber?
ask-several = Parece que você perguntou várias coisas. Qual primeiro?
ask-number-hint = Você também pode enviar só o número.
none-of-these = Nenhum destes
refused = Desculpe, não encontrei uma resposta. Tente com outras palavras.
refuse-nearby = Estas perguntas são parecidas com a sua.
refuse-municipality = Parece que a pergunta é sobre { $city }. Esta é a conta de { $account }, que não responde por outros municípios. Consulte { $city }.
refuse-here = Sobre esta cidade, há resposta para estas perguntas.
refuse-contact = Para falar com uma pessoa, ligue para cá.
feedback-question = Ajudou? Envie "Ajudou" ou "Errado".
feedback-useful = Ajudou
feedback-wrong = Errado
feedback-thanks = Obrigado. Pergunte o que quiser a qualquer hora.
feedback-sorry = Sentimos muito por não ajudar. Pergunte neste setor.
contact-line =
    { $name }
    Telefone { $tel }
    { $hours }
call-button = Ligar
open-link = Abrir procedimento
source-line = Saiba mais
language-chosen = A partir de agora as respostas serão em { $language }.
language-name = Português
choose-language = Qual idioma você prefere?
topics-lead = Você pode perguntar sobre estes assuntos. Envie sua pergunta com suas palavras.
topics-also = Também:
more-topics = Ver outros assuntos
answer-in-other-language = Esta informação existe somente em { $language }.
button-too-old = Este botão é antigo. Envie sua pergunta novamente.
ask-person = Perguntar à cidade
ask-person-lead = Abra o formulário para perguntar aos funcionários da cidade.
enquiry-answered = Sua pergunta (número { $number }) foi respondida. Leia a resposta nesta página.
enquiry-open = Ler a resposta
