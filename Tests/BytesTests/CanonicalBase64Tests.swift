import Bytes
import Testing

/// One text for the same bytes and no other.
@Suite struct CanonicalBase64Tests {
    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{3FFF}\u{FF}>?"])
    func readsWhatIsWritten(_ text: String) {
        let bytes = Array(text.utf8)
        let encoded = Base64.encode(bytes)
        #expect(Base64.decodeCanonical(encoded) == bytes)
        #expect(Base64.decodeCanonical(encoded.replacing("=", with: "")) == bytes)
        let urlSafe = encoded.replacing("+", with: "-").replacing("/", with: "_")
        #expect(Base64.decodeCanonical(urlSafe) == bytes)
    }

    @Test(arguments: [
        "Zg", "Zg==", "Zm8=", "+/+/", "-_-_",
    ])
    func accepts(_ text: String) { #expect(Base64.decodeCanonical(text) != nil) }

    @Test(arguments: [
        "Z", "Zg=", "Zg===", "=", "==", "====", "Zm8==", "Zh==", "Zm9=", "Zm9v=", "Zm9v\n", " Zm9v", "Zm 9v",
        "+/-_", "Zm9v!", "Zg==Zg==", "Zé==", "Zg=\u{3D}\u{3D}", "\u{FF3A}g==",
    ])
    func refuses(_ text: String) { #expect(Base64.decodeCanonical(text) == nil) }
}
