import Testing

@testable import Registry

@Suite struct ChallengeTests {
    @Test func oneChallengeWithQuotedParameters() {
        let all = Challenge.all([
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
        ])
        #expect(
            all == [
                Challenge(
                    scheme: "bearer",
                    parameters: [
                        "realm": "https://auth.docker.io/token", "service": "registry.docker.io",
                        "scope": "repository:a/b:pull,push",
                    ])
            ])
    }

    @Test func severalInOneFieldAndInSeveral() {
        let one = Challenge.all([#"Basic realm="a, b=\"c\"", Bearer realm=https://x/token , service=s"#])
        #expect(one.map(\.scheme) == ["basic", "bearer"])
        #expect(one.first?.parameters == ["realm": #"a, b="c""#])
        #expect(one.last?.parameters == ["realm": "https://x/token", "service": "s"])
        #expect(Challenge.all(["Negotiate", "BASIC realm=\"x\""]).map(\.scheme) == ["negotiate", "basic"])
    }

    @Test func valuesWithoutQuotes() {
        let all = Challenge.all([
            "Bearer realm=https://x/token?a=b,scope=repository:a/b:pull,push,service=s, Basic realm=y"
        ])
        #expect(all.map(\.scheme) == ["bearer", "basic"])
        #expect(
            all.first?.parameters == [
                "realm": "https://x/token?a=b", "scope": "repository:a/b:pull,push", "service": "s",
            ])
    }

    @Test func whatIsDamagedIsReadAsFarAsItGoes() {
        #expect(Challenge.all([""]).isEmpty)
        #expect(Challenge.all([", ,,"]).isEmpty)
        #expect(Challenge.all([#"Bearer realm="open"#]).first?.parameters == ["realm": "open"])
        #expect(Challenge.all([#"Bearer realm="#]).first?.parameters == ["realm": ""])
        #expect(Challenge.all([#"Bearer realm="a",realm="b""#]).first?.parameters == ["realm": "a"])
        #expect(Challenge.all(["\"=\"=,\u{1}Basic realm=x"]).count <= 2)
        #expect(Challenge.all([String(repeating: "Basic ,", count: 100_000)]).count > 100)
    }

    @Test func scopesAreMergedByResource() {
        let scopes = TokenScope.parse(
            "repository:a/b:pull repository:a/b:push,pull repository:c:pull nonsense")
        #expect(scopes.count == 3)
        #expect(
            TokenScope.merged(scopes).map(\.description) == [
                "repository:a/b:pull,push", "repository:c:pull",
            ])
    }
}
