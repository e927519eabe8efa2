"""The tokenizer's general vocabulary: common English words of pictures.

With these, captions that the tokenizer never saw still cut into whole words.
"""

WORDS = """
a an the of and with in on at by to from for near over under behind before between above below
beside around through across into out up down one two three four five six seven eight nine ten some
many few several no very more most small big large little tiny huge tall short long wide narrow
thin thick high low deep flat round square oval curved straight pointed sharp smooth rough soft
hard shiny matte bright dark pale vivid dull light heavy warm cold hot cool wet dry clear cloudy
misty foggy rainy snowy windy stormy sunny calm empty full open closed old young new ancient modern
rustic broken clean dirty plain striped spotted dotted checked patterned textured simple detailed
blurry close far left right top bottom centre center middle front back side edge corner inside
outside red orange yellow green blue purple violet pink brown black white grey gray gold golden
silver bronze copper beige cream ivory tan maroon crimson scarlet ruby coral salmon peach amber
mustard lime olive emerald teal turquoise cyan aqua navy indigo lavender lilac magenta rose
charcoal colour colourful color colorful monochrome pastel neon photo photograph picture image
painting drawing sketch print portrait landscape still life scene view pattern texture background
macro closeup aerial sunset sunrise dawn dusk day night morning evening noon twilight spring summer
autumn winter season weather sky cloud sun moon star stars galaxy space planet earth rainbow
lightning storm rain snow ice frost fog mist wind wave waves water sea ocean lake river stream
waterfall pond beach shore coast cliff island bay harbour mountain mountains hill hills valley
canyon desert dune sand rock rocks stone stones gravel pebble soil mud grass meadow field wheat
crop farm garden park forest wood woods jungle tree trees pine palm oak branch leaf leaves bush
flower flowers petal blossom tulip daisy sunflower lily poppy orchid iris cactus fern moss mushroom
fruit apple banana cherry grape lemon melon pear plum berry strawberry tomato potato carrot corn
pepper onion bread cake cookie cheese egg rice soup salad pizza coffee tea cup mug glass bottle
bowl plate fork knife spoon table chair sofa bed lamp candle door window wall brick bricks floor
roof stairs room kitchen house houses home hut cabin cottage castle tower church temple bridge
building buildings city town village street road path track fence gate wheel car cars bus truck
train bicycle bike motorcycle boat boats ship sailing plane airplane helicopter rocket balloon tent
flag sign clock watch camera phone computer screen keyboard book books paper letter pen pencil bag
box basket ball toy doll kite hat cap shirt dress skirt jacket coat trousers shoe shoes boot sock
glove scarf ring coin coins key tool hammer rope chain metal iron steel wooden plastic cotton wool
leather marble tile tiles concrete person people man woman boy girl child children baby face head
eye eyes hair hand hands arm leg foot body skin dancer player rider astronaut animal animals cat
cats kitten dog dogs puppy horse horses cow sheep goat pig deer bear wolf fox rabbit mouse squirrel
lion tiger leopard zebra giraffe elephant monkey bird birds duck goose swan eagle owl parrot
penguin chicken fish shark whale dolphin turtle frog snake lizard crab shell butterfly bee spider
insect cell retina fingerprint sitting standing lying running walking jumping flying swimming
playing eating drinking looking holding riding reading sleeping smiling growing floating falling
shining burning reflection shadow fire flame smoke glow silhouette line lines circle spiral stripe
grid mosaic abstract
""".split()  # noqa: SIM905 - a list would take a line a word
