/** Where a venue is reached, from the environment; flags overrule them. */
export const venueVariables = { url: "GEOSYNC_VENUE_URL", endpoint: "GEOSYNC_ENDPOINT" } as const;
