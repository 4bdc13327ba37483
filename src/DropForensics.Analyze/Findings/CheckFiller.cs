using System.Globalization;
using System.Net;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>
/// Puts what is known of the drops into the commands that knowledge has for them, so that they can be pasted as they are. A capture may
/// come from anywhere: only what cannot mean anything to a shell is put in. Tokens of a redacted one mean nothing on the host, so the variables stay.
/// </summary>
internal static class CheckFiller
{
    /// <param name="capture">Whose drops they are.</param>
    /// <param name="checks">With <c>"$IF"</c>, <c>"$ADDR"</c> and <c>$PORT</c>; what is not known stays so.</param>
    /// <param name="link">The interface of most of the drops; null: unknown.</param>
    /// <param name="port">Their destination port; null: unknown.</param>
    /// <param name="address">The address to ask for; null: unknown.</param>
    public static IReadOnlyList<KnownCheck> Fill(CaptureInfo capture, IReadOnlyList<KnownCheck> checks, string? link, int? port, string? address)
    {
        (string Variable, string? Value)[] known =
        [
            ("IF", capture.Redacted is null && link is not null && IsPlain(link) ? link : null),
            ("PORT", port?.ToString(CultureInfo.InvariantCulture)),
            ("ADDR", capture.Redacted is null && IPAddress.TryParse(address, out IPAddress? parsed) && parsed.ToString() == address ? address : null),
        ];
        return checks.Select(c => c with { Command = known.Where(k => k.Value is not null).Aggregate(c.Command, (command, k) => Replace(command, k.Variable, k.Value!)) }).ToList(); // not null by the filter
    }

    private static bool IsPlain(string name) => name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static string Replace(string command, string variable, string value) =>
        command.Replace($"\"${variable}\"", value, StringComparison.Ordinal).Replace($"${variable}", value, StringComparison.Ordinal);
}
