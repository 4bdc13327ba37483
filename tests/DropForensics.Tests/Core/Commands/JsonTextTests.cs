using System.Text.Json;
using DropForensics.Core.Commands;
using Xunit;

namespace DropForensics.Tests.Core.Commands;

/// <summary>JSON for people and programs alike: the same values with fewer escapes.</summary>
public sealed class JsonTextTests
{
    [Theory]
    [InlineData("it's <b> & \"that\" +1 `x`", "\"it's <b> & \\\"that\\\" +1 `x`\"")]
    [InlineData("é\u2028\n\t\0", "\"\\u00E9\\u2028\\n\\t\\u0000\"")]
    [InlineData("\\u0027 \\\\u0027 \\", "\"\\\\u0027 \\\\\\\\u0027 \\\\\"")]
    public void Only_what_JSON_asks_for_is_escaped_and_what_is_not_ASCII(string value, string shown)
    {
        string json = JsonText.Readable(JsonSerializer.Serialize(value));
        Assert.Equal(shown, json);
        Assert.Equal(value, JsonSerializer.Deserialize<string>(json));
    }
}
