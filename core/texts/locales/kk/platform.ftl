# Қолданба ашық емес кезде жүйе көрсететін мәтіндер.

channel-learning = Оқу
channel-learning-about = Сабақтар, қайталау және үздіксіз күндеріңіз
channel-team = Команда
channel-team-about = Жаңадан келген адамға көмегіңіз керек болғанда
channel-business = Клиенттер
channel-business-about = Клиенттерге қоңырау, туған күндер және расталған сатылымдар
channel-company = Компания
channel-company-about = Компания не растады және не жаңалық бар
channel-reminder = Өз еске салғыштарыңыз
channel-reminder-about = Өзіңіз қойған уақытта, түнде де

nudge-learning-title = Сабаққа бес минут бар ма?
nudge-learning-body = Сізді бірдеңе күтіп тұр. Ыңғайлы кезде ашыңыз.
nudge-team-title = Командаңыздағы біреу
nudge-team-body = Бүгін сіздің бір сөзіңіз көмектесуі мүмкін. Кімге екенін қолданбадан көріңіз.
nudge-business-title = Клиенттеріңіз туралы жаңалық
nudge-business-body = Не екенін қолданбадан көріңіз.
nudge-company-title = Компаниядан жаңалық
nudge-company-body = Не екенін қолданбадан көріңіз.

permission-camera = Камера компанияңыздың мекенжайы бар кодты оқиды. Сурет сақталмайды.
permission-contacts = Сіз бір адамды таңдайсыз, тек сол ғана көшіріледі.
permission-notifications = Күніне ең көбі бір хабар, түнде ешқашан. Әр түрін өшіруге болады.
permission-continue = Жалғастыру

shortcut-today = Бүгін
shortcut-reviews = Қайталау
shortcut-contact = Контакт қосу

action-open = Ашу
action-allow = Рұқсат беру
action-later = Кейінірек
action-never = Бұл енді келмесін
