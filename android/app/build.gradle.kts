// The app around android/ui. Not run yet: neither Gradle nor the Android SDK was at hand; pom.xml compiles and tests the same sources.
plugins {
    id("com.android.application") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.4.21"
    id("org.jetbrains.kotlin.plugin.compose") version "2.4.21"
}

// Of the version that the core is built with.
val verifier: String = rootDir.resolve("../Cargo.lock").readText()
    .substringAfter("name = \"rustls-platform-verifier-android\"\nversion = \"").substringBefore('"')

android {
    namespace = "app.qadam.app"
    compileSdk = 36
    defaultConfig {
        applicationId = "app.qadam.app"
        minSdk = 24
        targetSdk = 36
        versionCode = 1
        versionName = "0.1.0"
        // A company's own: -Phost=qadam.example.com, whose links open the app, and -Pserver=https://qadam.example.com, which the sign-in proposes.
        manifestPlaceholders["host"] = providers.gradleProperty("host").getOrElse("qadam.invalid")
        resValue("string", "qadam_server", providers.gradleProperty("server").getOrElse(""))
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }
    flavorDimensions += "push"
    productFlavors {
        // Woken by Firebase, with the project that src/google/res/values/firebase.xml names.
        create("google") { dimension = "push" }
        create("plain") { dimension = "push" }
    }
    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "proguard-rules.pro")
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
        // java.time, below API 26.
        isCoreLibraryDesugaringEnabled = true
    }
    sourceSets {
        getByName("main") {
            // By bindings/build.
            res.srcDirs("src/main/res", "generated/res")
            // The fonts, which Android reads from assets.
            assets.srcDirs("../ui/src/main/resources")
            // By ./cargo.
            jniLibs.srcDirs("generated/jniLibs")
        }
        // Run by pom.xml, on the host's library.
        getByName("test") { setRoot("src/none") }
    }
    packaging { resources.excludes += "font/**" }
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation(project(":ui"))
    coreLibraryDesugaring("com.android.tools:desugar_jdk_libs:2.1.5")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    implementation("androidx.annotation:annotation:1.9.1")
    implementation("androidx.core:core-ktx:1.18.0")
    implementation("androidx.activity:activity-compose:1.13.0")
    implementation("androidx.compose.foundation:foundation:1.12.1")
    implementation("androidx.compose.material3:material3:1.4.0")
    implementation("androidx.lifecycle:lifecycle-runtime-compose:2.11.0")
    implementation("androidx.work:work-runtime:2.12.0")
    implementation("com.journeyapps:zxing-android-embedded:4.3.0")
    // Verifies certificates for the core, in Java.
    implementation("rustls:rustls-platform-verifier:$verifier")
    "googleImplementation"("com.google.firebase:firebase-messaging:26.0.1")
}
