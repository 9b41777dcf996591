/** The bytes of SP500_1d.csv. */
export declare function sp500(): string;
/** The bytes of BTCUSDT_1m_synthetic.csv. */
export declare function syntheticMinutes(): string;
