// QuickLook's modifier stands beside the others in SwiftUI.swift.
