using System.Globalization;

namespace DropForensics.Analyze.Queries;

/// <summary>A drop as its row of the view <c>drops</c>. Text is as it is stored, not made visible.</summary>
/// <param name="names">The view's columns, in its order.</param>
internal sealed class DropRow(string[] names)
{
    private readonly Dictionary<string, int> _places = names.Select((name, place) => (name, place)).ToDictionary(pair => pair.name, pair => pair.place);
    private readonly DropValue[] _values = new DropValue[names.Length];

    /// <summary>How many columns there are.</summary>
    public int Columns => names.Length;

    /// <summary>The place of a column by its name.</summary>
    public int this[string column] => _places[column];

    /// <summary>A column's name.</summary>
    public string Name(int column) => names[column];

    /// <summary>Whether a column holds an integer.</summary>
    public bool IsNumber(int column) => _values[column].Number is not null;

    /// <summary>A column's number; null where it is NULL, or text.</summary>
    public long? Number(int column) => _values[column].Number;

    /// <summary>A column as text, a number in digits; null where it is NULL.</summary>
    public string? Text(int column) => _values[column] is { Number: { } number } ? number.ToString(CultureInfo.InvariantCulture) : _values[column].Text;

    /// <summary>Puts a value into a column.</summary>
    public void Set(int column, DropValue value) => _values[column] = value;
}
