# Lo que muestra el sistema cuando la app no está abierta.

channel-learning = Aprendizaje
channel-learning-about = Lecciones, repasos y tu racha
channel-team = Equipo
channel-team-about = Cuando alguien nuevo agradecería tu ayuda
channel-business = Clientes
channel-business-about = Seguimientos, cumpleaños y ventas confirmadas
channel-company = Empresa
channel-company-about = Lo que la empresa confirmó y lo que hay de nuevo
channel-reminder = Tus propios recordatorios
channel-reminder-about = A las horas que pusiste, también de noche

nudge-learning-title = ¿Cinco minutos para una lección?
nudge-learning-body = Algo te espera. Ábrelo cuando te venga bien.
nudge-team-title = Alguien de tu equipo
nudge-team-body = Una palabra tuya puede ayudar hoy. Abre la app y mira a quién le toca.
nudge-business-title = Novedades de tus clientes
nudge-business-body = Abre la app para ver qué es.
nudge-company-title = Novedades de la empresa
nudge-company-body = Abre la app para ver qué es.

permission-camera = La cámara lee el código con la dirección de tu empresa. No se guarda ninguna imagen.
permission-contacts = Tú eliges a una persona, y solo se copia esa.
permission-notifications = Como mucho un mensaje al día, nunca de noche. Puedes apagar cada tipo.
permission-continue = Continuar

shortcut-today = Hoy
shortcut-reviews = Repasos
shortcut-contact = Agregar un contacto

action-open = Abrir
action-allow = Permitir
action-later = Más tarde
action-never = Este nunca más
