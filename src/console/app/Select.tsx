interface SelectProps {
  readonly label: string
  readonly value: string | undefined
  readonly options: ReadonlyArray<readonly [value: string, label: string]>
  readonly onChosen: (value: string) => void
}

export const Select = ({ label, onChosen, options, value }: SelectProps) => (
  <label class="select">
    <span>{label}</span>
    <select value={value ?? ""} onChange={(event) => onChosen(event.currentTarget.value)}>
      <option value="">any</option>
      {options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  </label>
)
