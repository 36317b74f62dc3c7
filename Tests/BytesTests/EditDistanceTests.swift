import Bytes
import Testing

@Suite struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kernel", "kernel", 0), ("kernal", "kernel", 1),
        ("kernl", "kernel", 1), ("kernell", "kernel", 1), ("kenrel", "kernel", 1), ("kitten", "sitting", 3),
        ("ca", "abc", 3), ("abcd", "badc", 2),
    ])
    func countsEdits(_ left: String, _ right: String, _ distance: Int) {
        #expect(EditDistance.between(Array(left.utf8), Array(right.utf8)) == distance)
        #expect(EditDistance.between(Array(right.utf8), Array(left.utf8)) == distance)
    }
}
