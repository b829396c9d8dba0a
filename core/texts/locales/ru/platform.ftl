# Что показывает система, пока приложение закрыто.

channel-learning = Обучение
channel-learning-about = Уроки, повторения и ваша серия
channel-team = Команда
channel-team-about = Когда новичку пригодится ваша помощь
channel-business = Клиенты
channel-business-about = Звонки клиентам, дни рождения и подтверждённые продажи
channel-company = Компания
channel-company-about = Что компания подтвердила и что нового
channel-reminder = Ваши напоминания
channel-reminder-about = В то время, которое вы задали, и ночью тоже

nudge-learning-title = Пять минут на урок?
nudge-learning-body = Вас кое-что ждёт. Откройте, когда будет удобно.
nudge-team-title = Человек из вашей команды
nudge-team-body = Ваше слово сегодня может помочь. Откройте приложение и посмотрите, кому.
nudge-business-title = Новости о ваших клиентах
nudge-business-body = Откройте приложение, чтобы посмотреть.
nudge-company-title = Новости от компании
nudge-company-body = Откройте приложение, чтобы посмотреть.

permission-camera = Камера читает код с адресом вашей компании. Снимки не сохраняются.
permission-contacts = Вы выбираете одного человека, и переносится только он.
permission-notifications = Не больше одного сообщения в день и никогда ночью. Каждый вид можно отключить.
permission-continue = Продолжить

shortcut-today = Сегодня
shortcut-reviews = Повторение
shortcut-contact = Добавить контакт

action-open = Открыть
action-allow = Разрешить
action-later = Позже
action-never = Больше не присылать
