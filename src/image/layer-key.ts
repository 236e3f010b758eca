/** The annotation of a layer's descriptor that says what its bytes were made of, free of places and times: a later build may take it as it is. */
export const LAYER_KEY = 'dev.tare.layer.key';
