import Bytes
import Testing

@Suite struct HexadecimalTests {
    @Test func bytesAreTwoDigitsEach() {
        #expect(Hexadecimal.encode([0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
        #expect(Hexadecimal.encode([]) == "")
    }

    @Test func everyByteComesBack() {
        let bytes = (0...255).map(UInt8.init)
        #expect(Hexadecimal.decode(Hexadecimal.encode(bytes).utf8) == bytes)
    }

    @Test(arguments: ["0", "0g", "0A", "A0", "+1", "0x", " 0", "é"])
    func anythingElseIsRefused(_ text: String) { #expect(Hexadecimal.decode(text.utf8) == nil) }

    @Test func digitsInBothCasesHaveValues() {
        #expect("09afAF".utf8.map(Hexadecimal.value) == [0, 9, 10, 15, 10, 15])
        #expect("/:@G`g".utf8.map(Hexadecimal.value) == [nil, nil, nil, nil, nil, nil])
    }
}
