import Testing

@testable import HTTP

@Suite struct AnswerHeadTests {
    private func read(_ lines: String...) -> AnswerHead? {
        var head = AnswerHead()
        for line in lines {
            guard Array(line.utf8).withUnsafeBufferPointer({ head.take($0) }) else { return nil }
        }
        return head
    }

    @Test func linesEndInAnyWay() throws {
        let head = try #require(
            read("HTTP/1.1 429 Too Many Requests\n", "Retry-After: 7\r\n", "X-Empty:\n", "\n"))
        #expect(head.isComplete)
        #expect(head.status == 429)
        #expect(head.headers.first(name: "retry-after") == "7")
        #expect(head.headers["X-EMPTY"] == [""])
    }

    @Test func informationalAnswersAreSkipped() throws {
        let head = try #require(
            read(
                "HTTP/1.1 103 Early Hints\r\n", "Link: <a>\r\n", "\r\n", "HTTP/1.0 200\r\n", "A: b\r\n",
                "\r\n"))
        #expect(head.status == 200)
        #expect(!head.headers.contains(name: "link"))
        #expect(head.headers.first(name: "a") == "b")
    }

    @Test func foldedLinesAndRepeatedNames() throws {
        let head = try #require(
            read(
                "HTTP/1.1 200 OK\r\n", "Link: <a>,\r\n", "\t<b>\r\n", "link: <c>\r\n", "\r\n",
                "Trailer: t\r\n"))
        #expect(head.headers["Link"] == ["<a>, <b>", "<c>"])
        #expect(!head.headers.contains(name: "trailer"))
    }

    @Test func whatHasNoStatusOrNoEndIsRefused() {
        #expect(read("SSH-2.0-OpenSSH_9.2\r\n")?.status == nil)
        #expect(read("HTTP/1.1 20 OK\r\n")?.status == nil)
        var head = AnswerHead()
        let line = Array("A: \(String(repeating: "b", count: 1000))\r\n".utf8)
        _ = Array("HTTP/1.1 200 OK\r\n".utf8).withUnsafeBufferPointer { head.take($0) }
        let isRefused = (0..<1000).contains { _ in !line.withUnsafeBufferPointer { head.take($0) } }
        #expect(isRefused)
    }
}
