//! What only Android needs: its certificate verifier lives in Java and has to be handed the app's context before the first
//! connection, or it panics (rustls-platform-verifier, "Android").

use jni::EnvUnowned;
use jni::objects::{JClass, JObject};

/// `app.qadam.core.Android.init(context: Context)`, `external` and `@JvmStatic`; called once, from the application's `onCreate`.
#[unsafe(no_mangle)]
pub extern "system" fn Java_app_qadam_core_Android_init<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    context: JObject<'local>,
) {
    env.with_env(|env| rustls_platform_verifier::android::init_with_env(env, context))
        .resolve::<jni::errors::ThrowRuntimeExAndDefault>();
}
