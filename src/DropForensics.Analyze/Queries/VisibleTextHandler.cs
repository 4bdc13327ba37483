using System.Data;
using Dapper;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// Everything a query reads as text goes through <see cref="Visible"/>: a capture's strings are written by others, and no
/// report has to remember it. Registered once, before the first query.
/// </summary>
internal sealed class VisibleTextHandler : SqlMapper.TypeHandler<string>
{
    // The largest are host files, /proc/net/dev of very many interfaces say.
    private const int MostCharacters = 4 << 20;

    private static readonly Lazy<bool> Registered = new(() =>
    {
        SqlMapper.RemoveTypeMap(typeof(string));
        SqlMapper.AddTypeHandler(new VisibleTextHandler());
        return true;
    });

    /// <summary>Makes it so.</summary>
    public static void Register() => _ = Registered.Value;

    /// <inheritdoc/>
    public override string Parse(object value) => (string)value is { Length: <= MostCharacters } text
        ? Visible.Text(text).Replace("`", @"\x60", StringComparison.Ordinal) // which marks names in sentences
        : throw new InvalidDataException("a text is larger than any that a capture holds");

    /// <inheritdoc/>
    public override void SetValue(IDbDataParameter parameter, string? value)
    {
        parameter.DbType = DbType.String;
        parameter.Value = (object?)value ?? DBNull.Value;
    }
}
