// The Android library of the same sources that android/pom.xml compiles for the desktop. Not run yet: neither Gradle nor the Android SDK was at hand.
plugins {
    id("com.android.library") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.4.21"
    id("org.jetbrains.kotlin.plugin.compose") version "2.4.21"
    id("org.jetbrains.kotlin.plugin.serialization") version "2.4.21"
}

android {
    namespace = "app.qadam.ui"
    compileSdk = 36
    defaultConfig { minSdk = 24 }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
        // java.time, below API 26.
        isCoreLibraryDesugaringEnabled = true
    }
    sourceSets["main"].apply {
        kotlin.srcDirs(
            "src/main/kotlin",
            "../../bindings/kotlin/src/main/kotlin",
            // By android/app/cargo, with bindings/ffi/uniffi-android.toml.
            "../../bindings/kotlin/target/generated-sources/uniffi",
        )
        resources.srcDirs("src/main/resources")
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    coreLibraryDesugaring("com.android.tools:desugar_jdk_libs:2.1.5")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    implementation("androidx.compose.foundation:foundation:1.12.1")
    implementation("androidx.compose.material3:material3:1.4.0")
    implementation("androidx.compose.material:material-icons-core:1.7.8")
    implementation("androidx.lifecycle:lifecycle-viewmodel-compose:2.11.0")
    implementation("androidx.lifecycle:lifecycle-runtime-compose:2.11.0")
    implementation("androidx.navigation:navigation-compose:2.9.7")
}
