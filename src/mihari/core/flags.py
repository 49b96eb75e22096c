"""The first three digits of an MMSI -> the administration that gave it. ITU, Table of Maritime Identification Digits.

A flag by its MMSI is a claim like the MMSI itself. Names are short, as people say them; territories bear their own.
"""

from __future__ import annotations

TABLE = """
Afghanistan 401; Alaska 303; Albania 201; Algeria 605; American Samoa 559; Andorra 202; Angola 603; Anguilla 301
Antigua and Barbuda 304 305; Argentina 701; Armenia 216; Aruba 307; Ascension Island 608; Australia 503; Austria 203
Azerbaijan 423; Azores 204; Bahamas 308 309 311; Bahrain 408; Bangladesh 405; Barbados 314; Belarus 206; Belgium 205
Belize 312; Benin 610; Bermuda 310; Bhutan 410; Bolivia 720; Bosnia and Herzegovina 478; Botswana 611; Brazil 710
British Virgin Islands 378; Brunei 508; Bulgaria 207; Burkina Faso 633; Burundi 609; Cabo Verde 617; Cambodia 514 515
Cameroon 613; Canada 316; Cayman Islands 319; Central African Republic 612; Chad 670; Chile 725; China 412 413 414
Christmas Island 516; Cocos Islands 523; Colombia 730; Comoros 616 620; Congo 615; Cook Islands 518; Costa Rica 321
Cote d'Ivoire 619; Croatia 238; Crozet Archipelago 618; Cuba 323; Cyprus 209 210 212; Czechia 270
North Korea 445; Democratic Republic of the Congo 676; Denmark 219 220; Djibouti 621; Dominica 325
Dominican Republic 327; Ecuador 735; Egypt 622; El Salvador 359; Equatorial Guinea 631; Eritrea 625; Estonia 276
Eswatini 669; Ethiopia 624; Falkland Islands 740; Faroe Islands 231; Fiji 520; Finland 230; France 226 227 228
French Guiana 745; French Polynesia 546; Gabon 626; Gambia 629; Georgia 213; Germany 211 218; Ghana 627; Gibraltar 236
Greece 237 239 240 241; Greenland 331; Grenada 330; Guadeloupe 329; Guatemala 332; Guinea 632; Guinea-Bissau 630
Guyana 750; Haiti 336; Honduras 334; Hong Kong 477; Hungary 243; Iceland 251; India 419; Indonesia 525; Iran 422
Iraq 425; Ireland 250; Israel 428; Italy 247; Jamaica 339; Japan 431 432; Jordan 438; Kazakhstan 436; Kenya 634
Kerguelen Islands 635; Kiribati 529; South Korea 440 441; Kuwait 447; Kyrgyzstan 451; Laos 531; Latvia 275
Lebanon 450; Lesotho 644; Liberia 636 637; Libya 642; Liechtenstein 252; Lithuania 277; Luxembourg 253; Macao 453
Madagascar 647; Madeira 255; Malawi 655; Malaysia 533; Maldives 455; Mali 649; Malta 215 229 248 249 256
Marshall Islands 538; Martinique 347; Mauritania 654; Mauritius 645; Mexico 345; Micronesia 510; Moldova 214
Monaco 254; Mongolia 457; Montenegro 262; Montserrat 348; Morocco 242; Mozambique 650; Myanmar 506; Namibia 659
Nauru 544; Nepal 459; Netherlands 244 245 246; Caribbean Netherlands 306; New Caledonia 540; New Zealand 512
Nicaragua 350; Niger 656; Nigeria 657; Niue 542; North Macedonia 274; Northern Mariana Islands 536; Norway 257 258 259
Oman 461; Pakistan 463; Palau 511; Palestine 443; Panama 351 352 353 354 355 356 357 370 371 372 373 374
Papua New Guinea 553; Paraguay 755; Peru 760; Philippines 548; Pitcairn Island 555; Poland 261; Portugal 263
Puerto Rico 358; Qatar 466; Reunion 660; Romania 264; Russia 273; Rwanda 661; Saint Helena 665
Saint Kitts and Nevis 341; Saint Lucia 343; Saint Paul and Amsterdam Islands 607; Saint Pierre and Miquelon 361
Saint Vincent and the Grenadines 375 376 377; Samoa 561; San Marino 268; Sao Tome and Principe 668; Saudi Arabia 403
Senegal 663; Serbia 279; Seychelles 664; Sierra Leone 667; Singapore 563 564 565 566; Slovakia 267; Slovenia 278
Solomon Islands 557; Somalia 666; South Africa 601; South Sudan 638; Spain 224 225; Sri Lanka 417; Sudan 662
Suriname 765; Sweden 265 266; Switzerland 269; Syria 468; Adelie Land 501; Taiwan 416; Tajikistan 472
Tanzania 674 677; Thailand 567; Timor-Leste 550; Togo 671; Tonga 570; Trinidad and Tobago 362; Tunisia 672; Turkey 271
Turkmenistan 434; Turks and Caicos Islands 364; Tuvalu 572; Uganda 675; Ukraine 272; United Arab Emirates 470 471
United Kingdom 232 233 234 235; United States 338 366 367 368 369; United States Virgin Islands 379; Uruguay 770
Uzbekistan 437; Vanuatu 576 577; Vatican 208; Venezuela 775; Viet Nam 574; Wallis and Futuna 578; Yemen 473 475
Zambia 678; Zimbabwe 679
"""


def _read() -> dict[int, str]:
    found: dict[int, str] = {}
    for entry in TABLE.replace("\n", ";").split(";"):
        words = entry.split()
        name = " ".join(word for word in words if not word.isdecimal())
        found |= {int(word): name for word in words if word.isdecimal()}
    return found


FLAGS = _read()


def flag_of(mmsi: int) -> str:
    """The flag that an MMSI claims; '' where its digits are given to nobody. Craft of a ship are 98 and its flag's.

    >>> flag_of(431000001), flag_of(984310001), flag_of(123456789), flag_of(0)
    ('Japan', 'Japan', '', '')
    """
    text = f"{mmsi:09d}"
    return FLAGS.get(int(text[2:5] if text.startswith("98") else text[:3]), "")
