namespace DropForensics.Analyze.Queries;

/// <summary>The two ends of a connection, the same for packets in either direction.</summary>
/// <param name="First">Address and port of the one that sorts first.</param>
/// <param name="Second">Of the other.</param>
internal readonly record struct ConnectionEnds(string First, string Second)
{
    public static ConnectionEnds Of(string? from, long? fromPort, string? to, long? toPort)
    {
        (string one, string other) = ($"{from} {fromPort}", $"{to} {toPort}");
        return string.CompareOrdinal(one, other) <= 0 ? new ConnectionEnds(one, other) : new ConnectionEnds(other, one);
    }
}
